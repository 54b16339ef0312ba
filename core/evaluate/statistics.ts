/** What is told of the numbers of several pictures, or of several seeds. */

/** NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The deviation of the population that the values are a sample of: n - 1 in the denominator.
 *
 * @returns Null of less than two.
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

/** `a - b`, where two infinities do not differ: the PSNR of two pictures that are the target. */
export function differenceOf(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
