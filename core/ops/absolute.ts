/** Absolute values whose gradient is 0 where they are. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

/**
 * |x|, with the gradient 0 at 0 as in Torch and TensorFlow; that of tfjs' own is -1 there.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { absolute } from "./absolute.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const x = tf.tensor1d([-2, 0, 3]);
 * assertEquals(tf.grad(absolute)(x).arraySync(), [-1, 0, 1]);
 * ```
 */
export function absolute<T extends Tensor>(x: T): T {
  return tf.mul(x, tf.sign(x));
}
