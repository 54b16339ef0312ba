/** Values without gradient. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

const stopped = tf.customGrad((x) => ({
  value: tf.clone(x as Tensor),
  gradFunc: (dy: Tensor) => tf.zerosLike(dy),
}));

/**
 * x as a constant: no gradient flows through it.
 *
 * Its gradient is 0 even where the incoming gradient is NaN or infinite, so put it before an op with
 * an infinite slope, not after.
 *
 * @param x Any shape.
 * @returns The same shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { stopGradient } from "./stop_gradient.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const gradient = tf.grad((x) => tf.mul(stopGradient(x), x));
 * assertEquals(gradient(tf.scalar(3)).arraySync(), 3);
 * ```
 */
export function stopGradient<T extends Tensor>(x: T): T {
  return stopped(x) as T;
}
