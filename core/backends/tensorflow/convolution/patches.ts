/**
 * Convolutions as one matrix product with patches, `P` of `[M, K]`: M output positions, each with
 * the K numbers that it sees.
 *
 * P is up to 16 times the input (kernel 4x4, stride 1) or 4 times (stride 2), so this pays where
 * the filter is larger than that: TensorFlow's own kernels rearrange the filter first.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Rank, Tensor4D } from "@tensorflow/tfjs";
import {
  type Backend,
  type Convolution,
  depthOf,
  matrixProduct,
  patchesOf,
  positionsOf,
} from "./operations.ts";

/** y = P × filter. */
export function forward(
  backend: Backend,
  x: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const matrix = tf.reshape<Rank.R2>(filter, [depthOf(conv), conv.outChannels]);
  return tf.reshape(matrixProduct(backend, patchesOf(backend, x, conv), matrix), conv.outShape);
}

/** dfilter = Pᵀ × dy. */
export function filterGradient(
  backend: Backend,
  x: Tensor4D,
  dy: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const columns = tf.reshape(dy, [positionsOf(conv), conv.outChannels]);
  return tf.reshape(tf.matMul(patchesOf(backend, x, conv), columns, true), conv.filterShape);
}
