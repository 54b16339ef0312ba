/**
 * The input gradient, also the transposed convolution, where a picture has a single output
 * position: each pixel is seen by one tap, and taps over the padding by none.
 *
 * Only the rows of the filter that see a row of the picture are multiplied, as a view of its memory.
 * At the innermost layer of a U-Net (2x2, kernel 4x4) that is half of 17 MB.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Backend, Convolution } from "./operations.ts";

/** dx. For a single output position, and pictures within the kernel. */
export function inputGradient(
  _backend: Backend,
  dy: Tensor4D,
  filter: Tensor4D,
  { inShape, outChannels, filterWidth, padInfo: { top, left } }: Convolution,
): Tensor4D {
  const [batch, height, width, channels] = inShape;
  const rows = tf.slice4d(filter, [top, 0, 0, 0], [height, -1, -1, -1]);
  const given = tf.matMul(
    tf.reshape(dy, [batch, outChannels]),
    tf.reshape(rows, [height * filterWidth * channels, outChannels]),
    false,
    true,
  );
  const taps = tf.reshape<tf.Rank.R4>(given, [batch, height, filterWidth, channels]);
  return tf.slice4d(taps, [0, 0, left, 0], [batch, height, width, channels]);
}
