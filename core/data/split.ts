/** Which pairs are trained on, and which are kept for testing. */
import { PairlabError } from "../base/errors.ts";

/**
 * The first `trainShare` of the pairs, rounded, and the others; of two or more at least one each. A
 * single pair is in both.
 *
 * @example
 * ```ts
 * import { splitPairs } from "./split.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train, test } = splitPairs(["a", "b", "c", "d", "e"], 0.8);
 * assertEquals([train, test], [["a", "b", "c", "d"], ["e"]]);
 * ```
 */
export function splitPairs<T>(
  pairs: readonly T[],
  trainShare: number,
): { readonly train: readonly T[]; readonly test: readonly T[] } {
  if (pairs.length < 2) return { train: pairs, test: pairs };
  const wanted = Math.round(pairs.length * trainShare);
  const train = Math.min(Math.max(wanted, 1), pairs.length - 1);
  return { train: pairs.slice(0, train), test: pairs.slice(train) };
}

/**
 * Checks the options of a split before there is anything to split.
 *
 * @param count How many pairs are wanted.
 * @throws {PairlabError} Unless `count` is a whole number from 1 on (or infinite) and `trainShare`
 * lies between 0 and 1.
 *
 * @example
 * ```ts
 * import { checkSplit } from "./split.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkSplit(500, 0.8);
 * assertThrows(() => checkSplit(500, 1), Error, "Cannot train on a share of 1");
 * ```
 */
export function checkSplit(count: number, trainShare: number): void {
  if (!(count >= 1) || (count !== Infinity && !Number.isInteger(count))) {
    throw new PairlabError(`Cannot use ${count} pairs: a whole number from 1 on would work`);
  }
  if (!(trainShare > 0 && trainShare < 1)) {
    throw new PairlabError(
      `Cannot train on a share of ${trainShare}: a number between 0 and 1 would work, e.g. 0.8`,
    );
  }
}
