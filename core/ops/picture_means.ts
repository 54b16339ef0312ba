/** Means per picture. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";

/**
 * The mean over all axes but the batch, axis by axis: a naive float32 sum over all pixels at once would
 * lose a digit or two.
 *
 * @param values `[batch, …]`.
 * @returns `[batch]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { pictureMeans } from "./picture_means.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const values = tf.tensor4d([1, 3, 5, 7], [2, 1, 2, 1]);
 * assertEquals(pictureMeans(values).arraySync(), [2, 6]);
 * ```
 */
export function pictureMeans(values: Tensor): Tensor1D {
  let means = values;
  while (means.rank > 1) means = tf.mean(means, -1);
  return means as Tensor1D;
}
