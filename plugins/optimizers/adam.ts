import { type AdamConstants, adamRule, type Optimizer, type Rate } from "../../core/plugin.ts";

/** Options of {@link adam}. */
export interface AdamOptions extends AdamConstants {
  /** Learning rate, fixed or a function of progress. @default 2e-4 */
  readonly rate?: Rate;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with the paper's constants (section 3.3).
 *
 * Its state is all zero at first: for each variable both moments, and for all together
 * 1 - beta1^t and 1 - beta2^t, which divide the bias out; kept as such, and not as the powers, they
 * lose no digits to the subtraction.
 *
 * The notebook's, which is Keras', is
 * `adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" })`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { adam } from "./adam.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * const rule = adam().start([weight]);
 * rule.apply([tf.tensor1d([5])], tf.scalar(0.1));
 * // The first step is the rate, whatever the size of the gradient.
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function adam({ rate = 2e-4, ...options }: AdamOptions = {}): Optimizer {
  return { rate, start: (variables) => adamRule(variables, options) };
}
