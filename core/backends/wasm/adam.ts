/** Adam's update in one pass over memory. */

/** The numbers of a variable and of its moments. */
export interface Moments {
  readonly variable: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** By what they are updated, see `applyAdam`. */
export interface AdamRule {
  readonly stepSize: number;
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
}

/**
 * The update that `applyAdam` describes, from `before` to `after`. Rounds to float32 where the
 * composed one does, so that the two are the same to the last bit.
 */
export function adam(
  before: Moments,
  gradient: Float32Array,
  { stepSize, epsilon, beta1, beta2 }: AdamRule,
  after: Moments,
): void {
  const { fround, sqrt } = Math;
  const share1 = fround(1 - fround(beta1)), share2 = fround(1 - fround(beta2));
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!, m0 = before.first[i]!, v0 = before.second[i]!;
    const m = fround(m0 + fround(fround(g - m0) * share1));
    const v = fround(v0 + fround(fround(fround(g * g) - v0) * share2));
    after.first[i] = m;
    after.second[i] = v;
    const change = fround(fround(m * stepSize) / fround(fround(sqrt(v)) + epsilon));
    after.variable[i] = before.variable[i]! - change;
  }
}
