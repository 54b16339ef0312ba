/** What is told of repeated measurements. */

/** Milliseconds of repeated measurements, summed up. */
export interface Timing {
  readonly count: number;
  readonly median: number;
  readonly min: number;
}

/**
 * The median, which one slow step does not move; the mean of the two in the middle of an even
 * number.
 *
 * @throws {RangeError} If there are none.
 *
 * @example
 * ```ts
 * import { median } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(median([3, 1, 100, 2]), 2.5);
 * ```
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new RangeError("Cannot take the median of no numbers");
  }
  return (lower + upper) / 2;
}

/**
 * A quantile by the nearest rank: a value that was measured, with that share of all at or below it.
 *
 * @throws {RangeError} If there are none.
 *
 * @example
 * ```ts
 * import { quantile } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quantile([4, 1, 3, 2], 0.5), 2);
 * assertEquals(quantile([4, 1, 3, 2], 0.99), 4);
 * ```
 */
export function quantile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1];
  if (value === undefined) throw new RangeError("Cannot take a quantile of no numbers");
  return value;
}

/**
 * Sums up measured times. The least is the time without disturbance, the median what one gets.
 *
 * @throws {RangeError} If there are none.
 */
export function timingOf(milliseconds: readonly number[]): Timing {
  return {
    count: milliseconds.length,
    median: median(milliseconds),
    min: Math.min(...milliseconds),
  };
}
