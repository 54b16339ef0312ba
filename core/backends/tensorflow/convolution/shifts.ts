/**
 * The filter gradient as a few matrix products with shifted views of the input, without patches.
 *
 * Blocks of stride x stride pixels become one pixel (space to depth), which makes the stride 1 and
 * the kernel n = kernel / stride taps wide. Pictures and batch, padded to one width, are then one
 * long list of pixels, in which a tap sees what it sees at a constant distance: the list from there
 * on, which is a view of the same memory. `dy`, zero where the list goes from one line to the next,
 * is a list as long, and n² products give the gradient of all taps.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { type Backend, type Convolution, fitted, spaceToDepth } from "./operations.ts";

/** dfilter. For equal strides, and kernels of a multiple of them. */
export function filterGradient(
  backend: Backend,
  x: Tensor4D,
  dy: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, strideHeight: stride } = conv;
  const rowTaps = conv.filterHeight / stride, columnTaps = conv.filterWidth / stride;
  const height = outHeight + rowTaps - 1, width = outWidth + columnTaps - 1;
  const blocks = spaceToDepth(backend, fitted(x, height * stride, width * stride, conv), stride);

  const channels = stride * stride * inChannels;
  const furthest = (rowTaps - 1) * width + columnTaps - 1;
  // The last positions of dy's list are zero, and so is what they would meet beyond the end of x's.
  const length = batchSize * height * width - furthest;
  const pixels = tf.reshape<Rank.R2>(blocks, [length + furthest, channels]);
  const gradients = tf.slice2d(
    tf.reshape<Rank.R2>(
      tf.pad4d(dy, [[0, 0], [0, rowTaps - 1], [0, columnTaps - 1], [0, 0]]),
      [length + furthest, outChannels],
    ),
    [0, 0],
    [length, outChannels],
  );
  const taps: Tensor2D[] = [];
  for (let row = 0; row < rowTaps; row++) {
    for (let column = 0; column < columnTaps; column++) {
      const seen = tf.slice2d(pixels, [row * width + column, 0], [length, channels]);
      taps.push(tf.matMul(seen, gradients, true));
    }
  }
  return tf.reshape(interleaved(taps, rowTaps, columnTaps, conv), conv.filterShape);
}

/** From a tap and the pixel in its block to the kernel's row and column. */
function interleaved(
  taps: Tensor2D[],
  rowTaps: number,
  columnTaps: number,
  { strideHeight: stride, inChannels, outChannels }: Convolution,
): Tensor {
  const stacked = tf.stack(taps);
  if (stride === 1) return stacked;
  const line = stride * inChannels * outChannels;
  return tf.transpose(tf.reshape(stacked, [rowTaps, columnTaps, stride, line]), [0, 2, 1, 3]);
}
