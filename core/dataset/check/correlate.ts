/** Correlates grey pictures of the same size. */

/** A grey picture, row by row. */
export interface Grey {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Which pixels are compared. */
export interface CorrelateOptions {
  /** The second picture's pixel that is compared with the first one's pixel (0, 0). @default 0 */
  readonly x?: number;
  /** @default 0 */
  readonly y?: number;
  /** Outermost pixels of the first picture that do not count. @default 0 */
  readonly margin?: number;
}

/**
 * Pearson's correlation of two pictures' pixels, 1 for the same up to brightness and contrast; 0 if
 * one of them is flat. Only the overlap counts.
 *
 * @example
 * ```ts
 * import { correlate } from "./correlate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = (...data: number[]) => ({ data: Float32Array.from(data), width: 4, height: 1 });
 * assertEquals(correlate(grey(1, 2, 4, 3), grey(12, 14, 18, 16)), 1);
 * assertEquals(correlate(grey(1, 2, 4, 3), grey(9, 1, 2, 4), { x: 1, y: 0 }), 1);
 * ```
 */
export function correlate(
  a: Grey,
  b: Grey,
  { x = 0, y = 0, margin = 0 }: CorrelateOptions = {},
): number {
  const { width, height } = a;
  const left = Math.max(margin, -x), right = Math.min(width - margin, width - x);
  const top = Math.max(margin, -y), bottom = Math.min(height - margin, height - y);
  let count = 0, sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = row * width + column;
      const p = a.data[at]!, q = b.data[at + y * width + x]!; // both within, by the bounds above
      count++;
      sumA += p;
      sumB += q;
      squaresA += p * p;
      squaresB += q * q;
      products += p * q;
    }
  }
  const spreadA = squaresA - sumA * sumA / count, spreadB = squaresB - sumB * sumB / count;
  // Rounding gives a flat picture a tiny variance.
  if (!(spreadA > 1e-6 * count && spreadB > 1e-6 * count)) return 0;
  return (products - sumA * sumB / count) / Math.sqrt(spreadA * spreadB);
}
