/** Luminance of pictures. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";

/**
 * The luminance of each pixel, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as in OpenCV and Matlab; a
 * picture of one channel is returned as it is.
 *
 * @param pictures `[batch, height, width, 1 or 3]`.
 * @returns `[batch, height, width, 1]`, in the same range of values.
 * @throws {PairlabError} If the number of channels is neither 1 nor 3.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { luminance } from "./luminance.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const green = tf.tensor4d([0, 1, 0], [1, 1, 1, 3]);
 * assertAlmostEquals(luminance(green).dataSync()[0] ?? NaN, 0.587);
 * ```
 */
export function luminance(pictures: Tensor4D): Tensor4D {
  const [, , , channels] = pictures.shape;
  if (channels === 1) return pictures;
  if (channels !== 3) {
    throw new PairlabError(
      `Cannot compute the luminance of pictures of ${channels} channels. Use 1 (grey) or 3 (RGB).`,
    );
  }
  return tf.sum(tf.mul(pictures, [0.299, 0.587, 0.114]), 3, true);
}
