/**
 * The transforms of Toom-Cook convolutions, which Winograd made known as F(m, r): m outputs of a
 * kernel of r taps from n = m + r - 1 products instead of m·r.
 *
 * Polynomials are multiplied by their values at n points, the last of which is infinity, and
 * transposition turns the product into a correlation: y = Aᵀ [(G g) ⊙ (Bᵀ x)].
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the points as
 * Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep
 * Neural Networks", 2020, advise: few, and symmetric about 0 and 1.
 *
 * @module
 */

/** A matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** The three transforms of F(m, r) along one axis. */
export interface Transforms {
  /** Of outputs, `[n, m]`: Aᵀ takes n products to m outputs. */
  readonly A: Matrix;
  /** Of inputs, `[n, n]`: Bᵀ. */
  readonly B: Matrix;
  /** Of the kernel, `[n, r]`. */
  readonly G: Matrix;
}

/**
 * The finite points by n. Of all sets of small fractions these have the least variance of rounding
 * errors: 1.7, 3.8 and 4.8 times that of one product after another, in two dimensions. The usual
 * 0, ±1, ±2 have 1.7, 6.4 and 10.8.
 */
const POINTS: Readonly<Record<number, readonly number[]>> = {
  3: [0, 1],
  4: [0, 1, -1],
  5: [0, 1, -3 / 5, -5 / 3],
  6: [0, 2 / 3, -2 / 3, 3 / 2, -3 / 2],
};

/** Whether there are points for F(m, r). */
export function hasTransforms(m: number, r: number): boolean {
  return m + r - 1 in POINTS;
}

/**
 * The transforms of F(m, r).
 *
 * @param m Outputs, from 1.
 * @param r Taps of the kernel, from 2.
 * @throws {RangeError} For tiles of fewer than 3 or more than 6 inputs.
 *
 * @example
 * ```ts
 * import { cookToom } from "./cook_toom.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { A, B, G } = cookToom(2, 2);
 * const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0);
 * const products = G.map((row, k) => dot(row, [10, 1]) * dot(B[k]!, [1, 2, 3]));
 * // 1·10 + 2·1 and 2·10 + 3·1
 * assertEquals([0, 1].map((i) => dot(products, A.map((row) => row[i]!))), [12, 23]);
 * ```
 */
export function cookToom(m: number, r: number): Transforms {
  const n = m + r - 1, points = POINTS[n];
  if (points === undefined) {
    throw new RangeError(`Cannot make transforms of F(${m}, ${r}): tiles have 3 to 6 inputs`);
  }
  const others = points.map((point) => points.filter((other) => other !== point));
  return {
    A: [...points.map((point) => powers(point, m)), lastOf(m)],
    B: [...others.map((zeros) => [...polynomial(zeros), 0]), polynomial(points)],
    G: [
      ...points.map((point, k) => {
        const scale = others[k]!.reduce((product, other) => product * (point - other), 1);
        return powers(point, r).map((power) => power / scale);
      }),
      lastOf(r),
    ],
  };
}

/** 1, x, x², … */
function powers(x: number, count: number): number[] {
  return Array.from({ length: count }, (_, exponent) => x ** exponent);
}

/** The value at infinity: the highest coefficient. */
function lastOf(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index === count - 1 ? 1 : 0);
}

/** The coefficients of (x - z₁)(x - z₂)…, the constant first. */
function polynomial(zeros: readonly number[]): number[] {
  return zeros.reduce(
    (product, zero) => {
      const times = [0, ...product];
      return times.map((value, power) => value - zero * (product[power] ?? 0));
    },
    [1],
  );
}
