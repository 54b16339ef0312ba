/** Which pairs are trained on. */

/**
 * The first `trainShare` of the pairs, rounded, and the others; of two or more at least one each. A
 * single pair is in both.
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
