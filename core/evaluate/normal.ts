/** The standard normal distribution, in double precision far into its tails. */

/**
 * The cumulative distribution function.
 *
 * @example
 * ```ts
 * import { normalProbability } from "./normal.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(normalProbability(1.959963984540054), 0.975, 1e-15);
 * ```
 */
export function normalProbability(z: number): number {
  const beyond = complementaryError(Math.abs(z) / Math.SQRT2) / 2;
  return z < 0 ? beyond : 1 - beyond;
}

/**
 * The quantile function: the inverse of {@link normalProbability}, by Newton's method.
 *
 * @param probability Between 0 and 1, exclusive.
 */
export function normalQuantile(probability: number): number {
  let z = 0;
  // Starting from the middle, no step overshoots the root until only rounding is left.
  for (let step = 0; step < 100; step++) {
    const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    const change = (probability - normalProbability(z)) / density;
    z += change;
    if (Math.abs(change) <= 1e-15 * Math.max(1, Math.abs(z))) break;
  }
  return z;
}

/**
 * 1 - erf(x) for x ≥ 0: a series for small x, a continued fraction for large x (Abramowitz and
 * Stegun, 7.1.5 and 7.1.14).
 */
function complementaryError(x: number): number {
  if (x < 2) {
    let term = x, total = x;
    for (let n = 1; Math.abs(term) > 1e-17 * total; n++) {
      term *= -x * x / n;
      total += term / (2 * n + 1);
    }
    return 1 - 2 / Math.sqrt(Math.PI) * total;
  }
  let fraction = x;
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
