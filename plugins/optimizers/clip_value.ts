import * as tf from "@tensorflow/tfjs";
import type { Optimizer } from "../../core/plugin.ts";

/** Options of {@link clipValue}. */
export interface ClipValueOptions {
  /** What no number in a gradient may exceed, in either direction. @default 1 */
  readonly value?: number;
}

/**
 * Cuts each number of the gradients off at `value` and `-value`, and hands them to an optimizer
 * (Torch's `clip_grad_value_`). Remembers nothing of its own.
 *
 * @throws {RangeError} For a value that is not positive.
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
    throw new RangeError(`Cannot clip gradients to ${value}: more than 0 would work`);
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
