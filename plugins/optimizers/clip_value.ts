import * as tf from "@tensorflow/tfjs";
import type { Optimizer } from "../../core/plugin.ts";

/** Options of {@link clipValue}. */
export interface ClipValueOptions {
  /** Greatest absolute value of a gradient. @default 1 */
  readonly value?: number;
}

/**
 * Clips each gradient value to `-value`…`value`, then applies an optimizer (Torch's
 * `clip_grad_value_`). Has no state of its own.
 *
 * @throws {RangeError} If `value` is not positive.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { clipValue } from "./clip_value.ts";
 * import { sgd } from "./sgd.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.zeros([2]));
 * const rule = clipValue(sgd(), { value: 4 }).start([weight]);
 * rule.apply([tf.tensor1d([30, -2])], tf.scalar(1));
 * assertEquals(weight.arraySync(), [-4, 2]);
 * ```
 */
export function clipValue(optimizer: Optimizer, { value = 1 }: ClipValueOptions = {}): Optimizer {
  if (!(value > 0)) {
    throw new RangeError(`Cannot clip gradients to ${value}. Use more than 0.`);
  }
  return {
    rate: optimizer.rate,
    start: (variables) => {
      const { state, apply } = optimizer.start(variables);
      return {
        state,
        apply: (gradients, rate) =>
          tf.tidy(() => {
            apply(gradients.map((gradient) => tf.clipByValue(gradient, -value, value)), rate);
          }),
      };
    },
  };
}
