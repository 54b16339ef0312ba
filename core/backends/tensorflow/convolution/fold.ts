/**
 * The input gradient, also the transposed convolution, as one matrix product whose result is folded
 * into the picture.
 *
 * `dy × filterᵀ`, `[M, K]`, is what every output position gives back to the K numbers that it saw.
 * With a kernel of twice the stride s, a position's 2s rows overlap the next one's by s. A row is
 * written as (a, p), a of 2 and p of s: the picture's padded row (R, p) gets a = 0 of position R
 * and a = 1 of position R - 1. Listed by position and a, with a row of zeros at either end, those
 * two are neighbours, so that adding pairs folds the rows; and the same along columns.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { type Backend, type Convolution, depthOf, positionsOf } from "./operations.ts";

/** dx. For kernels of twice the stride. */
export function inputGradient(
  _backend: Backend,
  dy: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = conv;
  const { strideHeight, strideWidth } = conv;
  const columns = tf.reshape(dy, [positionsOf(conv), outChannels]);
  const matrix = tf.reshape(filter, [depthOf(conv), outChannels]);
  const given = tf.matMul(columns, matrix, false, true);

  const pixels = strideWidth * inChannels;
  const byRows = tf.transpose(
    tf.reshape(given, [batchSize * outHeight, outWidth, 2 * strideHeight, 2 * pixels]),
    [0, 2, 1, 3],
  );
  const listed = tf.reshape(
    byRows,
    [batchSize, outHeight * 2, strideHeight, outWidth * 2, pixels],
  );
  const ends = tf.pad(listed, [[0, 0], [1, 1], [0, 0], [1, 1], [0, 0]]);
  const rows = batchSize * (outHeight + 1), across = outWidth + 1;
  const foldedRows = addPairs(ends, rows, strideHeight * across * 2 * pixels);
  const folded = addPairs(foldedRows, rows * strideHeight * across, pixels);
  const height = (outHeight + 1) * strideHeight, width = across * strideWidth;
  return cropped(tf.reshape(folded, [batchSize, height, width, inChannels]), conv);
}

/** Adds the two of every pair of runs of `length` numbers. */
function addPairs(x: Tensor, pairs: number, length: number): Tensor {
  return tf.sum(tf.reshape(x, [pairs, 2, length]), 1);
}

/** The picture without its padding; what no position saw has a gradient of zero. */
function cropped(x: Tensor4D, { inShape, padInfo }: Convolution): Tensor4D {
  const [batch, height, width, channels] = inShape;
  const { top, left } = padInfo;
  const seenHeight = Math.min(x.shape[1] - top, height);
  const seenWidth = Math.min(x.shape[2] - left, width);
  const seen = tf.slice4d(x, [0, top, left, 0], [batch, seenHeight, seenWidth, channels]);
  if (seenHeight === height && seenWidth === width) return seen;
  return tf.pad4d(seen, [[0, 0], [0, height - seenHeight], [0, width - seenWidth], [0, 0]]);
}
