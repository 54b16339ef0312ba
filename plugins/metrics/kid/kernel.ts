/** The maximum mean discrepancy between two sets of vectors. */

/**
 * The unbiased estimate of its square by the kernel (x·y / length + 1)³, in double precision
 * (Bińkowski et al. 2018, equation 4).
 *
 * @param a Vectors of one length, two or more.
 * @param b The same length, two or more.
 */
export function kernelDistance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return meanOfPairs(a, a) + meanOfPairs(b, b) - 2 * meanOfPairs(a, b);
}

/** The kernel's mean over all pairs, of a set with itself without the pairs of a vector with itself. */
function meanOfPairs(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const length = a[0]!.length;
  let sum = 0;
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      if (a === b && i === j) continue;
      let product = 0;
      for (let k = 0; k < length; k++) product += x[k]! * y[k]!;
      sum += (product / length + 1) ** 3;
    }
  }
  return sum / (a.length * (a === b ? b.length - 1 : b.length));
}
