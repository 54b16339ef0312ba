/** One run from its beginning, or from its last checkpoint: what commands call. */
import { join } from "@std/path";
import { autosave, type Interval } from "./autosave.ts";
import type { CompileMode } from "../backends/compile.ts";
import { type EngineChoice, startEngine } from "../backends/engine.ts";
import type { LoadedCheckpoint } from "../runs/checkpoint.ts";
import { removeRemains } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { NotFinitePolicy } from "../runs/run_folder.ts";
import { cachePairs } from "../data/pair_cache.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import { firstPairs } from "../data/loader.ts";
import { loadNewestCheckpoint } from "../runs/checkpoints.ts";
import { compilerCheck, loadExperiment, type Plan, planExperiment } from "../experiment/plan.ts";
import { describePlan } from "../experiment/describe.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { differences, engineRecord, lastGoing, noteGoing, REPEATS } from "../runs/history.ts";
import { openData, type ReopenOptions, reopenRun } from "../runs/reopen.ts";
import {
  checkNewFolder,
  createRunFolder,
  defaultRunFolder,
  readRunRecord,
  recordPath,
  runIdentity,
  type RunRecord,
  writeRunRecord,
} from "../runs/run_folder.ts";
import { lockRun } from "../base/lock.ts";
import { isWrittenAlike, lastExperiment, sourceRecord } from "../runs/source_record.ts";
import { say } from "../base/terminal.ts";
import { createTraining, type Training } from "./training.ts";
import { sourceCommit, versions } from "../runs/versions.ts";

/** How a run is begun. */
export interface BeginOptions {
  /** Parameters of the experiment; a text is read as the parameter's type. */
  readonly parameters?: GivenParameters;
  /** @default "auto" */
  readonly backend?: EngineChoice;
  /** Whether steps are compiled. @default "on": where the engine can */
  readonly compile?: CompileMode;
  /** Train on the first pairs only. */
  readonly limit?: number | undefined;
  /** The run folder. @default "runs/<experiment>-<time>" */
  readonly folder?: string | undefined;
  /** Have Deno's compiler check the experiment first. @default true */
  readonly check?: boolean;
  /** How often to save within epochs. @default every 10 minutes */
  readonly checkpointEvery?: Interval | undefined;
  /** Threads that one operation may use. @default the number of cores */
  readonly threads?: number | undefined;
  /** What becomes of the run when a loss or gradient is not finite. @default "stop" */
  readonly notFinite?: NotFinitePolicy | undefined;
}

/**
 * Begins a run: checks the experiment, opens the data, starts the engine, makes the folder, which is
 * this process' until it ends.
 *
 * @param reference The experiment's name in `experiments/`, or the path or URL of its module.
 * @throws {PairlabError} For whatever would stop it later, before anything is written.
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
  const module = await loadExperiment(reference);
  const plan = planExperiment(module, options.parameters ?? {});
  const folder = options.folder ?? defaultRunFolder(plan.name, new Date());
  await checkNewFolder(folder);
  const compiled = options.check === false ? Promise.resolve() : compilerCheck(module);
  const [data, { predictions, ...written }] = await Promise.all([
    openData(plan),
    sourceRecord(plan),
    compiled,
  ]);
  say(describePlan(plan, data));
  const engine = await startEngine(options.backend ?? "auto", { threads: options.threads });
  say(`Engine: ${engine.reason}`);

  const record: RunRecord = {
    format: 1,
    experiment: { name: plan.name, ...written },
    parameters: plan.parameters,
    limit: options.limit ?? null,
    seed: plan.parameters.seed,
    shape: plan.shape,
    data: { description: data.description, fingerprint: data.fingerprint },
    predictions,
    engine: engineRecord(engine, options.compile),
    repeats: REPEATS,
    notFinite: options.notFinite ?? "stop",
    versions: versions(),
    commit: await sourceCommit(),
    started: new Date().toISOString(),
  };
  await createRunFolder(folder, record, lockRun);
  say(`Run folder: ${folder}`);
  return await assemble({ ...options, plan, data, folder });
}

/** How a run is resumed. */
export interface ResumeOptions extends ReopenOptions {
  /** @default The engine of the run, so that it goes on bit for bit. */
  readonly backend?: EngineChoice | undefined;
  /** Whether steps are compiled. @default As they were until now. */
  readonly compile?: CompileMode | undefined;
  /** How often to save within epochs. @default every 10 minutes */
  readonly checkpointEvery?: Interval | undefined;
  /** Threads that one operation may use. @default as until now, so that it goes on bit for bit */
  readonly threads?: number | undefined;
  /** What becomes of the run when a loss or gradient is not finite. @default as until now */
  readonly notFinite?: NotFinitePolicy | undefined;
}

/** A crash costs ten minutes at the most, and saving next to nothing. */
const CHECKPOINT_EVERY: Interval = { minutes: 10 };

/**
 * Goes on with a run from its newest checkpoint, or from its beginning if it was stopped before the
 * first. What goes on otherwise than it did, another engine for example, is noted in run.json. The
 * folder is this process' until it ends; a run that this process has begun is resumed in another.
 *
 * @throws {PairlabError} If its checkpoints cannot be used, or the experiment or its data are not
 * what they were.
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
  const record = await readRunRecord(folder);
  await lockRun(folder);
  await makeCheckpointsFolder(folder);
  for (const swept of [folder, join(folder, "checkpoints")]) await removeRemains(swept);
  const identity = options.allowChanges === true
    ? undefined
    : runIdentity(await Deno.readTextFile(recordPath(folder)));
  const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), say, identity);
  const { plan, data } = await reopenRun(folder, { ...options, record });
  const before = lastGoing(record);
  const choice = options.backend ?? before.engine.name as EngineChoice;
  // Sums depend on how many threads share them; another engine has threads of its own.
  const threads = choice === before.engine.name ? before.engine.threads : undefined;
  const engine = await startEngine(choice, { threads: options.threads ?? threads });
  say(`Engine: ${engine.reason}`);
  const { epoch, step } = checkpoint?.state ?? { epoch: 0, step: 0 };
  say(
    checkpoint === undefined
      ? `Resuming "${folder}" from its beginning: it was stopped before its first checkpoint`
      : `Resuming "${folder}" after epoch ${epoch}, step ${step}`,
  );
  const compile = options.compile ?? before.engine.compile;
  const notFinite = options.notFinite ?? before.notFinite;
  const now = engineRecord(engine, compile);
  const other = differences(before.engine, now);
  if (other.length > 0) {
    say(
      `Warning: from here the numbers are not, bit for bit, those of a run that was never interrupted (${
        other.join("; ")
      }); run.json says so`,
    );
  }
  const parameters = { ...before.parameters, ...options.parameters };
  const experiment = options.allowChanges === true ? await sourceRecord(plan) : undefined;
  if (experiment !== undefined && !isWrittenAlike(lastExperiment(record), experiment)) {
    say("Warning: the experiment is written otherwise than until now; run.json holds both texts");
  }
  const noted = noteGoing(record, { step, engine: now, parameters, notFinite, experiment });
  if (noted !== null) await writeRunRecord(folder, noted);
  // Whoever asks for more epochs does not want the end that a callback has chosen.
  const stopped = options.parameters?.["epochs"] === undefined
    ? checkpoint?.state.stopped ?? null
    : null;
  return await assemble({
    ...options,
    compile,
    notFinite,
    plan,
    data,
    folder,
    limit: record.limit ?? undefined,
    checkpoint: checkpoint && { ...checkpoint, state: { ...checkpoint.state, stopped } },
  });
}

/** It is lacking where a run was stopped at its very beginning. */
async function makeCheckpointsFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(join(folder, "checkpoints"));
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw new PairlabError(
      `Cannot resume "${folder}": ${messageOf(error)}, a folder that can be written would work`,
    );
  }
}

/** What a training is assembled from. */
interface Assembly {
  readonly plan: Plan;
  readonly data: OpenedData;
  readonly folder: string;
  readonly limit?: number | undefined;
  readonly compile?: CompileMode | undefined;
  readonly checkpointEvery?: Interval | undefined;
  readonly notFinite?: NotFinitePolicy | undefined;
  readonly checkpoint?: LoadedCheckpoint | undefined;
}

function assemble({ plan, data, folder, limit, ...options }: Assembly): Promise<Training> {
  const { epochs, batch, seed } = plan.parameters;
  const saving = autosave(options.checkpointEvery ?? CHECKPOINT_EVERY);
  return createTraining({
    experiment: plan.name,
    folder,
    wiring: { ...plan.wiring, callbacks: [...plan.wiring.callbacks ?? [], saving] },
    shape: plan.shape,
    train: cachePairs(limit === undefined ? data.train : firstPairs(data.train, limit)),
    test: data.test,
    epochs,
    batch,
    seed,
    compile: options.compile,
    notFinite: options.notFinite,
    checkpoint: options.checkpoint,
  });
}
