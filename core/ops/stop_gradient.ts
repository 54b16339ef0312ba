/** Values through which no gradient flows. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

const stopped = tf.customGrad((x) => ({
  value: tf.clone(x as Tensor),
  gradFunc: (dy: Tensor) => tf.zerosLike(dy),
}));

/**
 * The values of x, through which no gradient flows: a constant to whatever is computed of it.
 *
 * What comes out of it as a gradient is 0 even where NaN or infinity comes in, so it belongs before
 * an op that has no slope there, and not behind.
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
