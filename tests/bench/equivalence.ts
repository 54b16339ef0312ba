/** Whether two ways are as good as each other: two one-sided tests (Schuirmann, 1987). */
import { meanOf, sampleDeviation } from "../../core/evaluate/statistics.ts";

/** A mean, and the interval that it lies in. */
export interface MeanInterval {
  readonly mean: number;
  /** Both infinite for fewer than two values. */
  readonly low: number;
  readonly high: number;
}

/** The mean of values and its interval by Student's t, e.g. the 95 % one for 0.95. */
export function meanInterval(values: readonly number[], confidence: number): MeanInterval {
  const mean = meanOf(values), count = values.length;
  const deviation = sampleDeviation(values);
  const half = deviation === null
    ? Infinity
    : studentQuantile((1 + confidence) / 2, count - 1) * deviation / Math.sqrt(count);
  return { mean, low: mean - half, high: mean + half };
}

/** The mean of paired differences with its 90 % interval, and what follows from it. */
export interface Equivalence extends MeanInterval {
  /** Whether the interval lies within the margin: equivalent at the level of 5 %. */
  readonly equivalent: boolean;
}

/**
 * Tests whether the mean of paired differences is nearer to zero than a margin, at the level of 5 %.
 * That nothing was found to differ would not show it: with few seeds nothing ever is.
 *
 * @param margin The largest difference that does not matter, in the differences' own unit.
 *
 * @example
 * ```ts
 * import { equivalenceOf } from "./equivalence.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(equivalenceOf([0.01, -0.02, 0.02], 0.25).equivalent, true);
 * assertEquals(equivalenceOf([0.2, -0.2, 0.4], 0.25).equivalent, false);
 * ```
 */
export function equivalenceOf(differences: readonly number[], margin: number): Equivalence {
  const interval = meanInterval(differences, 0.9);
  return { ...interval, equivalent: -margin < interval.low && interval.high < margin };
}

/** Steps of Simpson's rule, for twelve digits. */
const STEPS = 2000;

/**
 * The quantile of Student's t, by bisection. With t = √n tan θ the density is proportional to
 * cosⁿ⁻¹ θ.
 *
 * @param probability Between 0.5 and 1.
 * @param freedom Degrees of freedom, n.
 */
export function studentQuantile(probability: number, freedom: number): number {
  const area = (to: number): number => {
    const width = to / STEPS;
    let sum = 0;
    for (let i = 0; i <= STEPS; i++) {
      const weight = i === 0 || i === STEPS ? 1 : 2 + 2 * (i % 2);
      sum += weight * Math.cos(i * width) ** (freedom - 1);
    }
    return sum * width / 3;
  };
  const whole = 2 * area(Math.PI / 2);
  let [low, high] = [0, Math.PI / 2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (0.5 + area(middle) / whole < probability) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan(low);
}
