/** Statistics of the values of pictures or seeds. */

/** The arithmetic mean; NaN of no values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The median, of an even number the larger of the middle two; undefined of no values. */
export function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A mean, and how many values it leaves out. */
export interface Average {
  readonly mean: number;
  readonly leftOut: number;
}

/**
 * The mean of the finite values. A single infinite one, such as the PSNR of a perfect prediction,
 * would otherwise decide it; it is left out and counted. Without finite values, the mean of all.
 *
 * @example
 * ```ts
 * import { averageOf } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(averageOf([20, 22, Infinity]), { mean: 21, leftOut: 1 });
 * assertEquals(averageOf([Infinity, Infinity]), { mean: Infinity, leftOut: 0 });
 * ```
 */
export function averageOf(values: readonly number[]): Average {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { mean: meanOf(values), leftOut: 0 };
  return { mean: meanOf(finite), leftOut: values.length - finite.length };
}

/**
 * The sample standard deviation, with n - 1 in the denominator; null of fewer than two values.
 *
 * @example
 * ```ts
 * import { sampleDeviation } from "./statistics.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sampleDeviation([1, 3]), Math.SQRT2);
 * assertEquals(sampleDeviation([1]), null);
 * ```
 */
export function sampleDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** `a - b`, where equal infinities do not differ: the PSNR of two perfect predictions. */
export function differenceOf(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
