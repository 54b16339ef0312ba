/** Adam's update in one pass over memory. */

/** A variable and its moments. */
export interface Moments {
  readonly variable: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The constants of an update; see `applyAdam`. */
export interface AdamRule {
  readonly stepSize: number;
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
}

/**
 * The update of `applyAdam`, written to `after`. Only stored values are rounded to float32: rounding
 * in between, as the composed update does, takes twice as long.
 */
export function adam(
  { variable, first, second }: Moments,
  gradient: Float32Array,
  { stepSize, epsilon, beta1, beta2 }: AdamRule,
  after: Moments,
): void {
  const share1 = 1 - Math.fround(beta1), share2 = 1 - Math.fround(beta2);
  const { variable: newVariable, first: newFirst, second: newSecond } = after;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const m = first[i]! + (g - first[i]!) * share1;
    const v = second[i]! + (g * g - second[i]!) * share2;
    newFirst[i] = m;
    newSecond[i] = v;
    newVariable[i] = variable[i]! - stepSize * m / (Math.sqrt(v) + epsilon);
  }
}
