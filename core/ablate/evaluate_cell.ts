/** Predicts and measures the test pictures of a cell. */
import { join } from "@std/path";
import { evaluate, type PredictedPair } from "../evaluate/evaluate.ts";
import type { Measured } from "../evaluate/measure.ts";
import { averageOf } from "../evaluate/statistics.ts";
import { findCheckpoint } from "../evaluate/subject.ts";
import { generatorFile } from "../runs/generator_file.ts";
import { writePicture } from "../pictures/encode.ts";
import type { TrainingRun } from "../interfaces/callbacks.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { loadPredictor } from "../predict/predictor.ts";
import type { Scores } from "./cell_result.ts";

/** Options of {@link evaluateCell}. */
export interface EvaluationOptions {
  readonly mode: InferenceMode;
  readonly metrics: readonly (Metric | SetMetric)[];
  readonly strips: number;
}

/** The evaluation of a cell. */
export interface CellEvaluation {
  /** Names of the test pictures, in the order of all values. */
  readonly names: string[];
  readonly scores: Scores[];
  /** Of the inputs as they are; empty if inputs and targets differ in shape. */
  readonly identity: Scores[];
  /** Names of the pictures written for strips. */
  readonly strip: string[];
}

/**
 * Measures the predictions of all test pictures, and the inputs as they are, and writes the first
 * pictures into the run folder's `strip/`. The last checkpoint predicts, with averaged weights if it
 * has them, as in `deno task evaluate`.
 */
export async function evaluateCell(
  { folder, test }: Pick<TrainingRun, "folder" | "test">,
  { mode, metrics, strips }: EvaluationOptions,
): Promise<CellEvaluation> {
  const { path, identity: file } = generatorFile(await findCheckpoint(folder, "last"));
  const predictor = await loadPredictor(path, { identity: file });
  await Deno.mkdir(stripFolder(folder), { recursive: true });
  const { names, modes, identity } = await evaluate({ pairs: test, predictor }, {
    metrics,
    modes: [mode],
    onPair: (pair) => pair.index < strips ? writeParts(folder, pair) : undefined,
  });
  const measured = modes.get(mode);
  return {
    names: [...names],
    scores: measured === undefined ? [] : scoresOf(metrics, measured),
    identity: identity === null ? [] : scoresOf(metrics, identity),
    strip: names.slice(0, strips),
  };
}

/** The pictures that a cell writes for a strip. */
const STRIP_PARTS = ["input", "target", "prediction"] as const;

/** The path of such a picture. */
export function stripPart(
  run: string,
  index: number,
  part: (typeof STRIP_PARTS)[number],
): string {
  return join(stripFolder(run), `${index}_${part}.png`);
}

function stripFolder(run: string): string {
  return join(run, "strip");
}

async function writeParts(
  run: string,
  { index, input, target, predictions }: PredictedPair,
): Promise<void> {
  const [prediction] = predictions.values();
  const pictures = { input, target, prediction: prediction! }; // of the only mode
  for (const part of STRIP_PARTS) {
    await writePicture(stripPart(run, index, part), pictures[part]);
  }
}

function scoresOf(
  metrics: readonly (Metric | SetMetric)[],
  { pictures, sets }: Measured,
): Scores[] {
  return metrics.map(({ name, unit = null, better }) => {
    const values = pictures[name] ?? null;
    const mean = values === null ? sets[name] ?? NaN : averageOf(values).mean;
    return { name, unit, better, values: values === null ? null : [...values], mean };
  });
}
