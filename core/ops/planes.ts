/** Channels as separate pictures. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";

/**
 * Each channel of each picture as a picture of one channel. A plain convolution then filters all
 * channels alike, with gradients on every engine, unlike a depthwise one.
 *
 * @param pictures `[batch, height, width, channels]`.
 * @returns `[batch * channels, height, width, 1]`, the channels of each picture consecutive.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { toPlanes } from "./planes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const pictures = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
 * assertEquals(toPlanes(pictures).squeeze().arraySync(), [[1, 4], [2, 5], [3, 6]]);
 * ```
 */
export function toPlanes(pictures: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = pictures.shape;
  const apart = channels === 1 ? pictures : tf.transpose(pictures, [0, 3, 1, 2]);
  return tf.reshape(apart, [batch * channels, height, width, 1]);
}
