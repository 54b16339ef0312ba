/** The update of a moving average, as a single kernel if the engine has one. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";

/** Kernel of {@link moveTowards}: inputs `{ variable, value, share }`, output the new value. */
export const MOVE_TOWARDS = "MoveTowards";

/**
 * Moves a variable by a share of its distance towards a value: variable -= share (variable - value).
 *
 * @param value Of the variable's shape.
 * @param share 0: unchanged, 1: the value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { moveTowards } from "./move_towards.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const average = tf.variable(tf.tensor1d([0, 8]));
 * moveTowards(average, tf.tensor1d([4, 4]), tf.scalar(0.25));
 * assertEquals(average.arraySync(), [1, 7]);
 * ```
 */
export function moveTowards(variable: Variable, value: Tensor, share: Scalar): void {
  tf.tidy(() => {
    const moved = tf.getKernel(MOVE_TOWARDS, tf.getBackend()) === undefined
      ? composeMoveTowards(variable, value, share)
      : tf.engine().runKernel(MOVE_TOWARDS, { variable, value, share }) as Tensor;
    variable.assign(moved);
  });
}

/** The value that {@link moveTowards} assigns, from tfjs' ops. */
export function composeMoveTowards(variable: Tensor, value: Tensor, share: Scalar): Tensor {
  return tf.tidy(() => tf.sub(variable, tf.mul(tf.sub(variable, value), share)));
}
