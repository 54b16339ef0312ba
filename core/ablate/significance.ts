/** Paired significance tests. */

import { normalProbability } from "../evaluate/normal.ts";

/** Up to this many differences the distribution is exact, beyond it is normal. */
const EXACT = 50;

/**
 * Wilcoxon's signed-rank test (1945): the two-sided probability of differences at least this one-sided
 * if both signs are equally likely. Zero and NaN differences are left out; equal ones share their
 * ranks. With ties, or more than 50 differences, the normal approximation is used, its variance
 * corrected for ties. Infinite differences have the highest rank.
 *
 * Equals `scipy.stats.wilcoxon(differences)` with `method="exact"` or, in those cases, `"approx"`.
 *
 * @returns 1 if nothing differs.
 *
 * @example
 * ```ts
 * import { signedRankTest } from "./significance.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * // Of 2^6 equally likely sets of signs two are as one-sided as this one.
 * assertAlmostEquals(signedRankTest([1, 2, 3, 4, 5, 6]), 2 / 64);
 * ```
 */
export function signedRankTest(differences: readonly number[]): number {
  const sizes = differences.filter((value) => value !== 0 && !Number.isNaN(value))
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  const count = sizes.length;
  if (count === 0) return 1;
  const { ranks, ties } = rank(sizes.map(Math.abs));
  const positive = sum(ranks.filter((_, index) => sizes[index]! > 0));
  const smaller = Math.min(positive, count * (count + 1) / 2 - positive);
  if (count <= EXACT && ties.length === 0) return Math.min(2 * shareUpTo(smaller, count), 1);
  const mean = count * (count + 1) / 4;
  const correction = sum(ties.map((tied) => tied ** 3 - tied)) / 48;
  const deviation = Math.sqrt(count * (count + 1) * (2 * count + 1) / 24 - correction);
  return 2 * normalProbability((smaller - mean) / deviation);
}

/** Ranks from 1 of ascending values, the mean rank for ties, and the sizes of the ties. */
function rank(values: readonly number[]): { ranks: number[]; ties: number[] } {
  const ranks: number[] = [];
  const ties: number[] = [];
  for (let first = 0; first < values.length; first = ranks.length) {
    let next = first + 1;
    while (values[next] === values[first]) next++;
    const equal = next - first;
    for (let index = first; index < next; index++) ranks.push((first + 1 + next) / 2);
    if (equal > 1) ties.push(equal);
  }
  return { ranks, ties };
}

/** The share of all sign patterns whose positive ranks add up to at most `most`. */
function shareUpTo(most: number, count: number): number {
  // The share of patterns that reach each sum, rank by rank.
  let shares = [1];
  for (let rank = 1; rank <= count; rank++) {
    const next = new Array<number>(shares.length + rank).fill(0);
    shares.forEach((share, reached) => {
      next[reached]! += share / 2;
      next[reached + rank]! += share / 2;
    });
    shares = next;
  }
  return sum(shares.slice(0, most + 1));
}

/**
 * Holm's correction (1979) for several tests: compared with a level, the corrected probabilities keep
 * the chance of any false finding below it.
 *
 * @example
 * ```ts
 * import { holm } from "./significance.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(holm([0.5, 0.01, 0.02]), [0.5, 0.03, 0.04]);
 * ```
 */
export function holm(probabilities: readonly number[]): number[] {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[a]! - probabilities[b]!);
  const corrected = new Array<number>(probabilities.length).fill(1);
  let least = 0;
  order.forEach((index, place) => {
    least = Math.max(least, Math.min(probabilities[index]! * (order.length - place), 1));
    corrected[index] = least;
  });
  return corrected;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
