/** A cell's test pictures, predicted and measured. */
import { join } from "@std/path";
import { type ComparedPictures, type Measured, startMeasurement } from "../evaluate/measure.ts";
import { writePicture } from "../pictures/encode.ts";
import type { Metric, SetMetric, TrainingRun } from "../plugin.ts";
import type { Scores } from "./result.ts";

/** What is measured, and how many pictures are kept to be shown. */
export interface EvaluationOptions {
  readonly metrics: readonly (Metric | SetMetric)[];
  readonly strips: number;
}

/** What {@link evaluateCell} finds. */
export interface CellEvaluation {
  /** The test pictures, in the order of all values. */
  readonly names: string[];
  readonly scores: Scores[];
  /** Of the inputs as they are; empty where an input is no picture of the target's kind. */
  readonly identity: Scores[];
  /** Names of the pictures that were written. */
  readonly strip: string[];
}

/**
 * Predicts every test picture as the paper does (with dropout and the picture's own statistics) and
 * measures the predictions, and the inputs as they are; writes the first pictures into the run
 * folder's `strip/`.
 */
export async function evaluateCell(
  run: Pick<TrainingRun, "folder" | "test" | "testPair" | "predict">,
  { metrics, strips }: EvaluationOptions,
): Promise<CellEvaluation> {
  const ofPredictions = startMeasurement(metrics);
  const ofInputs = startMeasurement(metrics);
  const { names } = run.test;
  if (strips > 0) await Deno.mkdir(stripFolder(run.folder), { recursive: true });
  let comparable = true;
  for (const index of names.keys()) {
    const { input, target } = await run.testPair(index);
    const prediction = await run.predict(input);
    await ofPredictions.add([{ input, target, prediction }]);
    comparable &&= input.channels === target.channels && input.width === target.width &&
      input.height === target.height;
    if (comparable) await ofInputs.add([{ input, target, prediction: input }]);
    if (index < strips) await writeParts(run.folder, index, { input, target, prediction });
  }
  return {
    names: [...names],
    scores: scoresOf(metrics, ofPredictions.finish()),
    identity: comparable ? scoresOf(metrics, ofInputs.finish()) : [],
    strip: names.slice(0, strips),
  };
}

/** The pictures of a strip that a cell writes. */
export const STRIP_PARTS = ["input", "target", "prediction"] as const;

/** The file of one picture in a run folder. */
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
  index: number,
  pictures: ComparedPictures,
): Promise<void> {
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
    const mean = values === null ? sets[name] ?? NaN : meanOf(values);
    return { name, unit, better, values: values === null ? null : [...values], mean };
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
