import * as tf from "@tensorflow/tfjs";
import { type AdamConstants, adamRule, type Optimizer, type Rate } from "../../core/plugin.ts";

/** Options of {@link adamW}. */
export interface AdamWOptions extends AdamConstants {
  /** Learning rate or schedule. @default 2e-4 */
  readonly rate?: Rate;
  /** The share of each weight, times the rate, that a step subtracts. @default 0.01 */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2; decay times rate as in
 * Torch): weights decay directly, not through the gradient, which Adam would rescale. All variables
 * decay, biases included.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { adamW } from "./adam_w.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * const rule = adamW({ weightDecay: 0.5 }).start([weight]);
 * rule.apply([tf.tensor1d([0])], tf.scalar(0.1));
 * // Without a gradient, only the decay remains.
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 1 - 0.1 * 0.5, 1e-6);
 * ```
 */
export function adamW(
  { rate = 2e-4, weightDecay = 0.01, ...constants }: AdamWOptions = {},
): Optimizer {
  return {
    rate,
    start: (variables) => {
      const { state, apply } = adamRule(variables, constants);
      return {
        state,
        apply: (gradients, rate) =>
          tf.tidy(() => {
            const kept = tf.sub(1, tf.mul(rate, weightDecay));
            for (const variable of variables) {
              tf.tidy(() => variable.assign(tf.mul(variable, kept)));
            }
            apply(gradients, rate);
          }),
      };
    },
  };
}
