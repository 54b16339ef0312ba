/** What is evaluated: a run's generator at one checkpoint, and the pictures it is tried on. */
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
import { type ReopenOptions, reopenRun } from "../runs/reopen.ts";
import { readRunRecord, recordPath, runIdentity, type RunRecord } from "../runs/run_folder.ts";

/** Which pairs of a data set. */
export type Split = "test" | "train";

/** What of a run is evaluated. */
export interface SubjectOptions extends ReopenOptions {
  /** @default "test" */
  readonly split?: Split | undefined;
  /** `last`, `best`, or the name of a checkpoint's folder. @default "last" */
  readonly checkpoint?: string | undefined;
  /** Which of its generators. @default the average if the checkpoint holds one */
  readonly weights?: Weights | undefined;
  /** The first pairs only. */
  readonly limit?: number | undefined;
  /** Told of damaged checkpoints that are passed over. @default nobody is told */
  readonly warn?: ((line: string) => void) | undefined;
}

/** A run that can be evaluated, its data checked; the generator is not loaded yet. */
export interface Subject {
  readonly folder: string;
  readonly record: RunRecord;
  readonly checkpoint: Checkpoint;
  readonly weights: Weights;
  readonly split: Split;
  readonly pairs: Dataset;
  /** Loads the generator onto the engine, which must have been started. */
  load(compile?: CompileMode): Promise<Predictor>;
}

/**
 * Opens a run for evaluation.
 *
 * @throws {PairlabError} If it is none, lacks the checkpoint, or its data are not what they were.
 */
export async function openSubject(folder: string, options: SubjectOptions = {}): Promise<Subject> {
  const { split = "test", checkpoint: which = "last", weights, limit, ...reopening } = options;
  const record = await readRunRecord(folder);
  const checkpoint = await findCheckpoint(folder, which, { ...reopening, weights });
  const generator = generatorFile(checkpoint, weights);
  const { data } = await reopenRun(folder, { ...reopening, record });
  const trained = record.limit ?? Infinity;
  const pairs = firstPairs(
    data[split],
    Math.min(limit ?? Infinity, split === "train" ? trained : Infinity),
  );
  if (pairs.names.length === 0) {
    const other = split === "test" ? "train" : "test";
    throw new PairlabError(
      `Cannot evaluate "${folder}": there is no ${split} pair (${data.description}), --split=${other} would work`,
    );
  }
  const load = (compile?: CompileMode): Promise<Predictor> =>
    loadPredictor(generator.path, { identity: generator.identity, compile });
  return { folder, record, checkpoint, weights: generator.weights, split, pairs, load };
}

/**
 * A checkpoint of a run: `last`, the newest whose generator is whole; the one whose folder has that
 * name; or the newest that was kept under that word, e.g. `best` by `best(metric)`.
 *
 * @throws {PairlabError} If there is none.
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
      `Cannot evaluate "${folder}": there is no checkpoint in it, a run after its first checkpoint would work`,
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
      ? `Cannot evaluate the best checkpoint of "${folder}": none was kept as such, best(metric) among the experiment's callbacks keeps it; last or ${
        names[0]
      } would work`
      : `Cannot evaluate the checkpoint "${which}" of "${folder}": it does not exist. ${
        suggest(which, ["last", ...names])
      }`,
  );
}
