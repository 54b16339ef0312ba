import { type AdamConstants, adamRule, type Optimizer, type Rate } from "../../core/plugin.ts";

/** Options of {@link adam}. */
export interface AdamOptions extends AdamConstants {
  /** Learning rate or schedule. @default 2e-4 */
  readonly rate?: Rate;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with pix2pix' constants (section 3.3).
 *
 * The state begins as zeros: both moments of each variable, and the bias corrections 1 - beta1^t and
 * 1 - beta2^t, stored as such because subtracting powers from 1 would lose digits.
 *
 * Keras' and the notebook's is `adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" })`.
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
 * // The first step has the length of the rate, for any gradient.
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function adam({ rate = 2e-4, ...options }: AdamOptions = {}): Optimizer {
  return { rate, start: (variables) => adamRule(variables, options) };
}
