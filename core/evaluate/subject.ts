/** The subject of an evaluation: a generator of a run, and pairs. */
import { basename, join } from "@std/path";
import type { CompileMode } from "../backends/compile.ts";
import type { Checkpoint } from "../runs/checkpoint.ts";
import { PairlabError } from "../base/errors.ts";
import { type GeneratorFile, generatorFile, type Weights } from "../runs/generator_file.ts";
import { firstPairs } from "../data/loader.ts";
import { suggest } from "../base/nearest.ts";
import { checkRun, listCheckpoints, newestWithFile } from "../runs/checkpoints.ts";
import type { Dataset } from "../interfaces/pictures.ts";
import { loadPredictor, type Predictor } from "../predict/predictor.ts";
import { readSafetensors, type SafetensorsFile } from "../runs/safetensors.ts";
import { type ReopenOptions, reopenRun } from "../runs/reopen.ts";
import { readRunRecord, recordPath, runIdentity, type RunRecord } from "../runs/run_folder.ts";

/** Which pairs of a data set. */
export type Split = "test" | "validation" | "train";

/** Options of {@link openSubject}. */
export interface SubjectOptions extends ReopenOptions {
  /** @default "test" */
  readonly split?: Split | undefined;
  /** `last`, `best`, or the name of a checkpoint's folder. @default "last" */
  readonly checkpoint?: string | undefined;
  /** Which of its generators. @default the average if the checkpoint has one */
  readonly weights?: Weights | undefined;
  /** The first pairs only. */
  readonly limit?: number | undefined;
  /** Called for damaged checkpoints that are passed over. */
  readonly warn?: ((line: string) => void) | undefined;
}

/** A run whose data are checked and whose generator has been read, but is not loaded yet. */
export interface Subject {
  readonly folder: string;
  readonly record: RunRecord;
  readonly checkpoint: Checkpoint;
  readonly weights: Weights;
  readonly split: Split;
  readonly pairs: Dataset;
  /** The data evaluated, which may be others than the run's. */
  readonly data: RunRecord["data"];
  /** Loads the generator onto the engine, which must have been started. */
  load(compile?: CompileMode): Promise<Predictor>;
}

/**
 * Opens a run for evaluation. Its generator is read at once: a training beside may replace the
 * checkpoint at any time.
 *
 * @throws {PairlabError} If the folder is not a run, lacks the checkpoint, or its data changed.
 */
export async function openSubject(folder: string, options: SubjectOptions = {}): Promise<Subject> {
  const { split = "test", limit, ...reopening } = options;
  const record = await readRunRecord(folder);
  const { checkpoint, generator, file } = await readGenerator(folder, options);
  const { data } = await reopenRun(folder, { ...reopening, record });
  const trained = record.limit ?? Infinity;
  const of = data[split];
  if (of === undefined) {
    throw new PairlabError(
      `Cannot evaluate "${folder}": none of its pairs were kept for validation. Use --split=test.`,
    );
  }
  const pairs = firstPairs(
    of,
    Math.min(limit ?? Infinity, split === "train" ? trained : Infinity),
  );
  if (pairs.names.length === 0) {
    throw new PairlabError(
      `Cannot evaluate "${folder}": there is no ${split} pair (${data.description}). Use --split=${
        split === "test" ? "train" : "test"
      }.`,
    );
  }
  const { description, fingerprint } = data;
  return {
    ...{ folder, record, checkpoint, weights: generator.weights, split, pairs },
    data: { description, fingerprint },
    load: (compile) => loadPredictor(generator.path, { file, compile }),
  };
}

/** Attempts to read a checkpoint that is replaced while it is read. */
const ATTEMPTS = 5;

async function readGenerator(
  folder: string,
  { checkpoint: which = "last", warn = () => {}, ...options }: SubjectOptions,
): Promise<
  {
    readonly checkpoint: Checkpoint;
    readonly generator: GeneratorFile;
    readonly file: SafetensorsFile;
  }
> {
  const warnings = new Set<string>();
  for (let attempt = 1;; attempt++) {
    try {
      const checkpoint = await findCheckpoint(folder, which, {
        ...options,
        warn: (line) => warnings.add(line),
      });
      const generator = generatorFile(checkpoint, options.weights);
      const file = await readSafetensors(generator.path, generator.identity);
      warnings.forEach(warn);
      return { checkpoint, generator, file };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Finds a checkpoint: `last`, the newest whose generator is whole; the one with the name of a folder;
 * or the newest kept for that reason, e.g. `best` by `best(metric)`.
 *
 * @throws {PairlabError} If it does not exist.
 */
export async function findCheckpoint(
  folder: string,
  which: string,
  { allowChanges = false, warn = () => {}, weights }: Pick<
    SubjectOptions,
    "allowChanges" | "warn" | "weights"
  > = {},
): Promise<Checkpoint> {
  const checkpoints = join(folder, "checkpoints");
  const run = allowChanges ? undefined : runIdentity(await Deno.readTextFile(recordPath(folder)));
  if (which === "last") {
    const chosen = (checkpoint: Checkpoint): GeneratorFile => generatorFile(checkpoint, weights);
    const newest = await newestWithFile(checkpoints, chosen, { warn, run });
    if (newest !== undefined) return newest;
  }
  const { whole } = await listCheckpoints(checkpoints);
  if (whole.length === 0) {
    throw new PairlabError(
      `Cannot evaluate "${folder}": it has no checkpoint yet. Wait until the run has saved one.`,
    );
  }
  const found = whole.find(({ folder: path, state }) =>
    basename(path) === which || state.keep.includes(which)
  );
  if (found !== undefined) {
    checkRun(found, run);
    return found;
  }
  const names = whole.map(({ folder: path }) => basename(path));
  throw new PairlabError(
    which === "best"
      ? `Cannot evaluate the best checkpoint of "${folder}": none was kept. Add best(metric) to the experiment's callbacks, or use last or ${
        names[0]
      }.`
      : `Cannot evaluate the checkpoint "${which}" of "${folder}": it does not exist. ${
        suggest(which, ["last", ...names])
      }`,
  );
}
