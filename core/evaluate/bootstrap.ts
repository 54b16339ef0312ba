/** Bootstrap confidence intervals of means over pictures. */
import type { Random } from "../random/stream.ts";
import { randomStream } from "../random/stream.ts";
import { normalProbability, normalQuantile } from "./normal.ts";

const RESAMPLES = 10_000, CONFIDENCE = 0.95, SEED = 23;

/** The default method, in words. */
export const INTERVALS =
  `${100 * CONFIDENCE} %, BCa bootstrap over the pictures, paired for differences, ` +
  `${RESAMPLES} resamples, seed ${SEED}`;

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Options of {@link createBootstrap}. */
export interface BootstrapOptions {
  /** @default 10000 */
  readonly resamples?: number;
  /** @default 0.95 */
  readonly confidence?: number;
  /** The source of random numbers. @default `randomStream(23, "bootstrap")` */
  readonly random?: Pick<Random, "integer">;
}

/**
 * Bias-corrected and accelerated bootstrap intervals of means (BCa; Efron 1987, sections 2 and 6), as
 * `scipy.stats.bootstrap(…, np.mean, method="BCa")` apart from its random numbers.
 *
 * Series of one length are resampled alike, picture for picture. The interval of a difference is that
 * of the differences of the pictures.
 *
 * @returns A function from values to the interval of their mean; null of fewer than two values, or if
 * one is not finite.
 *
 * @example
 * ```ts
 * import { createBootstrap } from "./bootstrap.ts";
 * import { assert } from "@std/assert";
 *
 * const interval = createBootstrap()([1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * assert(interval && interval.low > 2.9 && interval.low < 4 && interval.high < 7.1);
 * ```
 */
export function createBootstrap(
  { resamples = RESAMPLES, confidence = CONFIDENCE, random = randomStream(SEED, "bootstrap") }:
    BootstrapOptions = {},
): (values: readonly number[]) => Interval | null {
  const draws = new Map<number, Uint32Array>();
  const drawFor = (count: number): Uint32Array => {
    const drawn = draws.get(count) ??
      Uint32Array.from({ length: resamples * count }, () => random.integer(count));
    draws.set(count, drawn);
    return drawn;
  };
  return (values) => {
    if (values.length < 2 || !values.every(Number.isFinite)) return null;
    const means = meansOf(Float64Array.from(values), drawFor(values.length));
    return interval(values, means.sort(), (1 - confidence) / 2);
  };
}

/** The mean of each resample. */
function meansOf(values: Float64Array, drawn: Uint32Array): Float64Array {
  const count = values.length;
  const means = new Float64Array(drawn.length / count);
  for (let resample = 0; resample < means.length; resample++) {
    let sum = 0;
    for (let i = resample * count; i < (resample + 1) * count; i++) sum += values[drawn[i]!]!;
    means[resample] = sum / count;
  }
  return means;
}

function interval(values: readonly number[], means: Float64Array, tail: number): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const spread = deviations.reduce((sum, value) => sum + value ** 2, 0);
  if (spread === 0) return { low: mean, high: mean };
  // For a mean, the jackknife estimate of the acceleration has this closed form.
  const acceleration = deviations.reduce((sum, value) => sum + value ** 3, 0) / (6 * spread ** 1.5);
  const bias = normalQuantile(shareBelow(means, mean));
  const corrected = (probability: number): number => {
    const z = bias + normalQuantile(probability);
    return normalProbability(bias + z / (1 - acceleration * z));
  };
  return { low: quantile(means, corrected(tail)), high: quantile(means, corrected(1 - tail)) };
}

/** The share of sorted numbers below a value, equal ones counted by half; never 0 or 1. */
function shareBelow(sorted: Float64Array, value: number): number {
  let below = 0, equal = 0;
  for (const number of sorted) {
    if (number < value) below++;
    else if (number === value) equal++;
  }
  const least = 0.5 / sorted.length;
  return Math.min(1 - least, Math.max(least, (below + equal / 2) / sorted.length));
}

/** A quantile by linear interpolation, as NumPy's `percentile`. */
function quantile(sorted: Float64Array, probability: number): number {
  const place = probability * (sorted.length - 1);
  const before = Math.floor(place);
  const [a, b] = [sorted[before]!, sorted[Math.min(before + 1, sorted.length - 1)]!];
  return a + (b - a) * (place - before);
}
