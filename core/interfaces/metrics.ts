/** Measures of predictions. */
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";

/**
 * What metrics see: pictures `[batch, height, width, channels]` in -1…1, each a whole number of
 * 0…255 before it became x / 127.5 - 1, as a file of 8 bits holds it.
 */
export interface Comparison {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  /** G(input), or another picture to compare with the target, e.g. the input. */
  readonly prediction: Tensor4D;
}

/** Which values are better; a number is the best value, and those nearer to it are better. */
export type Better = "higher" | "lower" | number;

/** What a metric is, apart from its arithmetic. */
export interface MetricDescription {
  /** Names it on the command line, in tables and in files, e.g. `psnr`. */
  readonly name: string;
  /** What its numbers count, e.g. `dB`; left out where they are pure numbers. */
  readonly unit?: string;
  readonly better: Better;
}

/** A measure of single pictures. */
export interface Metric extends MetricDescription {
  /** One number for each picture, `[batch]`; pure, synchronous, of the whole batch at once. */
  measure(views: Comparison): Tensor1D;
}

/** A measure of a whole set of pictures, which has no value for one of them, e.g. FID. */
export interface SetMetric extends MetricDescription {
  /** Begins a set. */
  start(): SetMeasurement;
}

/** A set that is being measured. */
export interface SetMeasurement {
  /** Takes note of a batch; its tensors are gone afterwards. */
  add(views: Comparison): Promise<void>;
  /** The number of all pictures that were added. */
  finish(): number;
}
