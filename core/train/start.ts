/** Begins a run, or resumes it: what commands call. */
import { join } from "@std/path";
import type { CompileMode } from "../backends/compile.ts";
import { type Engine, type EngineChoice, startEngine } from "../backends/engine.ts";
import { removeRemains } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { lockRun } from "../base/lock.ts";
import { say } from "../base/terminal.ts";
import { firstPairs, stepsPerEpoch } from "../data/loader.ts";
import { cachePairs } from "../data/pair_cache.ts";
import { dataFor } from "../experiment/choices.ts";
import { describePlan } from "../experiment/describe.ts";
import type { GivenParameters, StandardParameters } from "../experiment/parameters.ts";
import { compilerCheck, loadExperiment, type Plan, planExperiment } from "../experiment/plan.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { optimizersOf, ratesAt } from "../model/optimizers.ts";
import type { LoadedCheckpoint } from "../runs/checkpoint.ts";
import type { Position } from "../runs/checkpoint_state.ts";
import { loadNewestCheckpoint } from "../runs/checkpoints.ts";
import {
  addSegment,
  differences,
  engineRecord,
  isSameSource,
  lastExperiment,
  lastSegment,
  REPRODUCIBILITY,
  sourceRecord,
} from "../runs/history.ts";
import { sourceCommit, versions } from "../runs/provenance.ts";
import type { Origin } from "../runs/origin.ts";
import { openData, type ReopenOptions, reopenRun } from "../runs/reopen.ts";
import {
  checkNewFolder,
  createRunFolder,
  type NotFinitePolicy,
  readRunRecord,
  recordPath,
  reserveRunFolder,
  runIdentity,
  type RunRecord,
  writeRunRecord,
} from "../runs/run_folder.ts";
import { type Roster, threadsOf } from "../workers/roster.ts";
import type { Workers } from "../workers/workers.ts";
import { autosave, type Interval } from "./autosave.ts";
import { checkRecordsAlike, checkWorkers, meetWorkers } from "./meet_workers.ts";
import { progressAt, START } from "./position.ts";
import { createTraining, type Training } from "./training.ts";

/** How a training runs, whether it begins or is resumed. */
export interface RunOptions {
  /** How often to save within epochs. @default every 10 minutes */
  readonly checkpointEvery?: Interval | undefined;
  /** Threads that one operation may use. @default the number of cores, or as before */
  readonly threads?: number | undefined;
  /** Compute every convolution directly, and none by tiles. @default false, or as before */
  readonly exact?: boolean | undefined;
  /** What to do when a loss or gradient is not finite. @default "stop", or as before */
  readonly notFinite?: NotFinitePolicy | undefined;
  /** Whether steps are compiled. @default "on": where the engine can, or as before */
  readonly compile?: CompileMode | undefined;
  /** The processes that train together. @default this one alone */
  readonly roster?: Roster | undefined;
}

/** How a run begins. */
export interface BeginOptions extends RunOptions {
  /** Parameters of the experiment; a text is read as the parameter's type. */
  readonly parameters?: GivenParameters;
  /** @default "auto" */
  readonly backend?: EngineChoice;
  /** Train on the first pairs only. */
  readonly limit?: number | undefined;
  /** The run folder. @default "runs/<experiment>-<time>" */
  readonly folder?: string | undefined;
  /** Have Deno's compiler check the experiment first. @default true */
  readonly check?: boolean;
  /** Trained weights to begin with. @default none */
  readonly from?: Origin | undefined;
}

/**
 * Begins a run: checks the experiment, opens the data, starts the engine, and creates the folder,
 * which is locked until this process ends.
 *
 * @param reference The experiment's name in `experiments/`, or the path or URL of its module.
 * @throws {PairlabError} For anything that would stop it later, before anything is written.
 *
 * @example
 * ```ts
 * import { beginRun } from "./start.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const folder = `${root}/run`;
 * const parameters = { size: 32, width: 1, count: 5 };
 * const { run } = await beginRun("quickstart", { parameters, folder, backend: "cpu", check: false });
 * assertEquals([run.experiment, run.stepsPerEpoch, run.done.step], ["quickstart", 4, 0]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function beginRun(reference: string, options: BeginOptions = {}): Promise<Training> {
  const { notFinite = "stop", limit } = options;
  const module = await loadExperiment(reference);
  const plan = planExperiment(module, options.parameters ?? {});
  const isFollower = (options.roster?.membership.index ?? 0) > 0;
  if (options.folder !== undefined && !isFollower) await checkNewFolder(options.folder);
  checkWorkers(plan, options);
  const compiled = options.check === false ? Promise.resolve() : compilerCheck(module);
  const [opened, { predictions, choices, ...source }] = await Promise.all([
    openData(plan),
    sourceRecord(plan),
    compiled,
  ]);
  const data = dataFor(plan.wiring, opened);
  say(describePlan(plan, data));
  const pairs = Math.min(data.train.names.length, limit ?? Infinity);
  if (plan.parameters.batch > pairs) {
    say(
      `Batch: ${plan.parameters.batch} is larger than the ${pairs} training pairs; each step uses ${pairs}`,
    );
  }
  const engine = await startRunEngine(options.backend ?? "auto", options);
  const workers = await meetWorkers(engine, options.roster);

  const record: RunRecord = {
    format: 1,
    experiment: { name: plan.name, ...source },
    parameters: plan.parameters,
    limit: limit ?? null,
    seed: plan.parameters.seed,
    shape: plan.shape,
    data: describeSplit(opened, data),
    predictions,
    choices,
    ...options.from && { from: [...options.from.files] },
    engine: engineRecord(engine, options.compile, workers.count),
    repeats: REPRODUCIBILITY,
    notFinite,
    versions: versions(),
    commit: await sourceCommit(),
    started: new Date().toISOString(),
  };
  await checkRecordsAlike(workers, record);
  const batch = plan.parameters.batch * workers.count;
  const shared = { ...options, plan, data, limit, notFinite, workers, batch };
  if (isFollower) return await assemble({ ...shared, folder: "" });
  const folder = options.folder ?? await reserveRunFolder(plan.name, new Date());
  await createRunFolder(folder, record, lockRun);
  say(`Run folder: ${folder}`);
  const origin = options.from;
  const training = await assemble({ ...shared, folder, origin });
  // Resuming begins with the same weights, whatever becomes of their file.
  if (origin !== undefined) await training.saveFinal();
  return training;
}

/** The data for the record, and where its validation pairs are from. */
function describeSplit(opened: OpenedData, { validation }: OpenedData): RunRecord["data"] {
  const { description, fingerprint } = opened;
  if (validation === undefined) return { description, fingerprint };
  const from = opened.validation === undefined ? "train" : "data";
  return { description, fingerprint, validation: { pairs: validation.names.length, from } };
}

/** How a run is resumed. */
export interface ResumeOptions extends ReopenOptions, RunOptions {
  /** @default The engine of the run, so that it continues bit for bit. */
  readonly backend?: EngineChoice | undefined;
  /** Whether this process has locked the run already. @default false */
  readonly locked?: boolean;
}

/**
 * Resumes a run from its newest checkpoint, or from its beginning if it was stopped before the
 * first. Changes (another engine, more epochs) are recorded in run.json. The folder is locked until
 * this process ends; a run that this process has begun is resumed in another.
 *
 * @throws {PairlabError} If its checkpoints cannot be used, or the experiment or its data changed.
 *
 * @example
 * ```ts
 * import { resumeRun } from "./start.ts";
 * import { assertRejects } from "@std/assert";
 *
 * // await train(await resumeRun("runs/quickstart-20261123-173000"), signal);
 * await assertRejects(() => resumeRun("runs/none"), Error, 'Cannot open the run "runs/none"');
 * ```
 */
export async function resumeRun(folder: string, options: ResumeOptions = {}): Promise<Training> {
  const { allowChanges = false, parameters: changes = {} } = options;
  checkChanges(folder, changes);
  const record = await readRunRecord(folder);
  const isFollower = (options.roster?.membership.index ?? 0) > 0;
  const checkpoint = isFollower ? undefined : await openCheckpoint(folder, options);
  if (!isFollower && checkpoint === undefined && record.from !== undefined) {
    throw new PairlabError(
      `Cannot resume "${folder}": it was stopped before the weights of "${
        record.from[0]?.path
      }" were saved in it. Begin anew with --from.`,
    );
  }
  const { plan, data } = await reopenRun(folder, { ...options, record });

  const before = lastSegment(record);
  const backend = options.backend ?? before.engine.name as EngineChoice;
  // Sums depend on how many threads share them; another engine has threads of its own.
  const threads = backend === before.engine.name ? before.engine.threads : undefined;
  checkWorkers(plan, { ...options, compile: options.compile ?? before.engine.compile });
  const batch = record.parameters.batch * (record.engine.workers ?? 1);
  const count = options.roster?.membership.addresses.length ?? 1;
  if (batch % count !== 0) {
    throw new PairlabError(
      `Cannot resume "${folder}" with ${count} workers: its steps have ${batch} pairs, which they cannot share evenly. Use a number of workers that divides ${batch}`,
    );
  }
  const engine = await startRunEngine(backend, {
    threads: options.threads ?? (count === (before.engine.workers ?? 1) ? threads : undefined),
    exact: options.exact ?? before.engine.exact ?? true,
    roster: options.roster,
  });
  const workers = await meetWorkers(engine, options.roster);
  const { epoch, step } = checkpoint?.state ?? { epoch: 0, step: 0 };
  say(
    checkpoint === undefined
      ? `Resuming "${folder}" from its beginning: it was stopped before its first checkpoint`
      : `Resuming "${folder}" after epoch ${epoch}, step ${step}`,
  );

  const { compile = before.engine.compile, notFinite = before.notFinite } = options;
  const now = engineRecord(engine, compile, count);
  await checkRecordsAlike(workers, {
    ...record,
    parameters: plan.parameters,
    engine: now,
    versions: versions(),
    commit: await sourceCommit(),
  });
  const other = differences(before.engine, now);
  if (other.length > 0) {
    say(
      `Warning: from here on the numbers are not, bit for bit, those of an uninterrupted run (${
        other.join("; ")
      }); run.json says so`,
    );
  }
  const parameters = { ...before.parameters };
  for (const key of Object.keys(changes)) {
    const until = parameters[key] ?? record.parameters[key]!;
    parameters[key] = plan.parameters[key]!;
    if (until !== parameters[key]) {
      say(`From here on ${key} is ${parameters[key]}, before ${until}`);
    }
  }
  const until = Number(before.parameters["epochs"] ?? record.parameters.epochs);
  const stretched = describeStretch(
    { ...plan, parameters: { ...plan.parameters, batch } },
    { limit: record.limit, data },
    checkpoint?.state,
    until,
  );
  if (stretched !== null) say(stretched);
  const experiment = allowChanges
    ? await sourceRecord(plan, data.validation !== undefined)
    : undefined;
  if (experiment !== undefined && !isSameSource(lastExperiment(record), experiment)) {
    say("Warning: the experiment's text has changed; run.json holds both texts");
  }
  const added = addSegment(record, { step, engine: now, parameters, notFinite, experiment });
  if (added !== null && !isFollower) await writeRunRecord(folder, added);
  // More epochs override the end that a callback has chosen.
  const stopped = "epochs" in changes ? null : checkpoint?.state.stopped ?? null;
  return await assemble({
    ...options,
    compile,
    notFinite,
    plan,
    data,
    folder,
    workers,
    batch,
    limit: record.limit ?? undefined,
    checkpoint: checkpoint && { ...checkpoint, state: { ...checkpoint.state, stopped } },
  });
}

/** Locks a run, and loads its newest checkpoint. */
async function openCheckpoint(
  folder: string,
  { allowChanges = false, locked }: ResumeOptions,
): Promise<LoadedCheckpoint | undefined> {
  if (!locked) await lockRun(folder);
  await makeCheckpointsFolder(folder);
  for (const swept of [folder, join(folder, "checkpoints")]) await removeRemains(swept);
  const identity = allowChanges
    ? undefined
    : runIdentity(await Deno.readTextFile(recordPath(folder)));
  return await loadNewestCheckpoint(join(folder, "checkpoints"), say, identity);
}

/** Parameters that decide the networks, their first weights and the order of the pictures. */
const FIXED: readonly (keyof StandardParameters)[] = ["seed", "size", "batch"];

function checkChanges(folder: string, changes: GivenParameters): void {
  const fixed = FIXED.find((key) => key in changes);
  if (fixed === undefined) return;
  throw new PairlabError(
    `Cannot resume "${folder}" with another ${fixed}: what was trained depends on it. Leave out --${fixed}, or train anew`,
  );
}

/** Says that a schedule runs over another number of epochs from here on; null if none changes. */
function describeStretch(
  { wiring, parameters: { epochs, batch } }: Plan,
  { limit, data }: { readonly limit: number | null; readonly data: OpenedData },
  position: Position | undefined,
  until: number,
): string | null {
  if (until === epochs) return null;
  const pairs = Math.min(data.train.names.length, limit ?? Infinity);
  const steps = stepsPerEpoch(pairs, batch);
  const optimizers = optimizersOf(wiring);
  const ratesOver = (epochs: number) =>
    ratesAt(optimizers, progressAt(position ?? START, { epochs, stepsPerEpoch: steps }));
  const [before, now] = [ratesOver(until), ratesOver(epochs)];
  const changed = (["generator", "discriminator"] as const).filter((network) =>
    before[network] !== now[network]
  );
  if (changed.length === 0) return null;
  const short = (rate: number): number => Number(rate.toPrecision(3));
  const rates = changed.map((network) =>
    `the ${network}'s rate is ${short(now[network])}, not ${short(before[network])}`
  );
  return `Warning: the learning rate schedule is stretched from ${until} to ${epochs} epochs: here ${
    rates.join(", ")
  }`;
}

async function startRunEngine(
  backend: EngineChoice,
  { threads, exact, roster }: Pick<RunOptions, "threads" | "exact" | "roster">,
): Promise<Engine> {
  const membership = roster?.membership;
  const share = membership && threadsOf(membership, navigator.hardwareConcurrency);
  const engine = await startEngine(backend, { threads: threads ?? share, exact, membership });
  say(`Engine: ${engine.reason}`);
  return engine;
}

/** It is missing if a run was stopped before it was set up. */
async function makeCheckpointsFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(join(folder, "checkpoints"));
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw new PairlabError(
      `Cannot resume "${folder}": ${messageOf(error)}. Make the folder writable`,
    );
  }
}

/** A crash costs ten minutes at most, and saving takes next to no time. */
const CHECKPOINT_EVERY: Interval = { minutes: 10 };

interface Assembly extends RunOptions {
  readonly plan: Plan;
  readonly data: OpenedData;
  readonly folder: string;
  readonly limit: number | undefined;
  readonly checkpoint?: LoadedCheckpoint | undefined;
  readonly origin?: Origin | undefined;
  readonly workers: Workers;
  /** Pairs in a step, of all workers together. */
  readonly batch: number;
}

function assemble(
  { plan, data, folder, limit, workers, batch, ...options }: Assembly,
): Promise<Training> {
  const { epochs, seed } = plan.parameters;
  const saving = autosave(options.checkpointEvery ?? CHECKPOINT_EVERY);
  return createTraining({
    experiment: plan.name,
    folder,
    wiring: {
      ...plan.wiring,
      // The first worker alone has callbacks.
      callbacks: workers.index > 0 ? [] : [...plan.wiring.callbacks ?? [], saving],
    },
    shape: plan.shape,
    train: cachePairs(limit === undefined ? data.train : firstPairs(data.train, limit)),
    test: data.test,
    validation: data.validation,
    levels: data.levels,
    epochs,
    batch,
    seed,
    compile: options.compile,
    notFinite: options.notFinite,
    checkpoint: options.checkpoint,
    workers,
    origin: options.origin,
  });
}
