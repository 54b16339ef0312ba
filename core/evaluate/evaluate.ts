/** Predicts and measures every picture of a subject in every mode. */
import { fitPair } from "../data/frame.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import type { Predictor } from "../predict/predictor.ts";
import { hasShape } from "../pictures/shape.ts";
import { type ComparedPictures, MEASURED_AT_ONCE, startMeasurement } from "./measure.ts";
import type { Measured } from "./measure.ts";
import type { Subject } from "./subject.ts";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  readonly metrics: readonly (Metric | SetMetric)[];
  readonly modes: readonly InferenceMode[];
  /** Called for each pair with its predictions. */
  readonly onPair?: (pair: PredictedPair) => void | Promise<void>;
}

/** A pair and the predictions of its input. */
export interface PredictedPair {
  readonly index: number;
  readonly name: string;
  readonly input: Picture;
  readonly target: Picture;
  readonly predictions: ReadonlyMap<InferenceMode, Picture>;
}

/** The values of a subject. */
export interface Evaluation {
  /** Names of the pairs, in the order of all values. */
  readonly names: readonly string[];
  readonly modes: ReadonlyMap<InferenceMode, Measured>;
  /** Of the inputs as they are; null if inputs and targets differ in shape. */
  readonly identity: Measured | null;
}

/**
 * Predicts and measures. Pictures are predicted one at a time, so that batch norm uses their own
 * statistics as in the paper, and measured in batches.
 */
export async function evaluate(
  { pairs, predictor }: { readonly pairs: Subject["pairs"]; readonly predictor: Predictor },
  { metrics, modes, onPair }: EvaluateOptions,
): Promise<Evaluation> {
  const measurements = new Map(modes.map((mode) => [mode, startMeasurement(metrics)]));
  const { input: inputShape, target: targetShape } = predictor.shape;
  const identity = hasShape(inputShape, targetShape) ? startMeasurement(metrics) : null;
  let waiting: PredictedPair[] = [];

  const measure = async (): Promise<void> => {
    const compared = (predictionOf: (pair: PredictedPair) => Picture): ComparedPictures[] =>
      waiting.map((pair) => ({ ...pair, prediction: predictionOf(pair) }));
    for (const [mode, measurement] of measurements) {
      // Every pair has a prediction in every mode.
      await measurement.add(compared(({ predictions }) => predictions.get(mode)!));
    }
    await identity?.add(compared(({ input }) => input));
    waiting = [];
  };

  for (const index of pairs.names.keys()) {
    const pair = await fitPair(await pairs.load(index), predictor.shape, predictor);
    const predictions = new Map<InferenceMode, Picture>();
    for (const mode of modes) predictions.set(mode, await predictor.predict(pair.input, mode));
    const predicted = { ...pair, index, predictions };
    waiting.push(predicted);
    await onPair?.(predicted);
    if (waiting.length === MEASURED_AT_ONCE || index + 1 === pairs.names.length) await measure();
  }
  const finished = [...measurements].map(([mode, measurement]) =>
    [mode, measurement.finish()] as const
  );
  return {
    names: pairs.names,
    modes: new Map(finished),
    identity: identity?.finish() ?? null,
  };
}
