/** Absolute values with a gradient of 0 at 0. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

/**
 * |x| with a gradient of 0 at 0, as in Torch and TensorFlow; that of `tf.abs` is -1.
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
