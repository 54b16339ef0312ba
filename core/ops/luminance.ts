/** Pictures in shades of grey. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";

/**
 * How bright each pixel is: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as OpenCV and Matlab have it;
 * a picture of one channel as it is.
 *
 * @param pictures `[batch, height, width, 1 or 3]`.
 * @returns `[batch, height, width, 1]`, in the same range of values.
 * @throws {PairlabError} If there are other channels.
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
      `Cannot tell how bright pictures of ${channels} channels are: 1 (grey) or 3 (RGB) would work`,
    );
  }
  return tf.sum(tf.mul(pictures, [0.299, 0.587, 0.114]), 3, true);
}
