/** TensorFlow's operations that convolutions are put together from, beside those that tfjs has. */
import * as tf from "@tensorflow/tfjs";
import type { backend_util, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { AttributeType, DType } from "../dtypes.ts";

/** tfjs-node's backend, over this project's binding. */
export type Backend = NodeJSKernelBackend;

/** Sizes, strides and padding of a convolution, as tfjs computes them. */
export type Convolution = backend_util.Conv2DInfo;

const FLOAT: TFEOpAttr = { name: "T", type: AttributeType.type, value: DType.float32 };

/** Whole numbers as an attribute. */
export function ints(name: string, value: number | number[]): TFEOpAttr {
  return { name, type: AttributeType.int, value };
}

/** A text as an attribute. */
export function text(name: string, value: string): TFEOpAttr {
  return { name, type: AttributeType.string, value };
}

/** A truth value as an attribute. */
export function flag(name: string, value: boolean): TFEOpAttr {
  return { name, type: AttributeType.bool, value };
}

/** M: the number of output positions, over the whole batch. */
export function positionsOf({ batchSize, outHeight, outWidth }: Convolution): number {
  return batchSize * outHeight * outWidth;
}

/** K: how many numbers of the input an output position sees. */
export function depthOf({ filterHeight, filterWidth, inChannels }: Convolution): number {
  return filterHeight * filterWidth * inChannels;
}

/**
 * a × b by TensorFlow's `MatMul`, which is faster where neither is transposed; tfjs' own product is
 * its `BatchMatMulV2`, which is faster where one is.
 */
export function matrixProduct(backend: Backend, a: Tensor2D, b: Tensor2D): Tensor2D {
  const attributes = [FLOAT, flag("transpose_a", false), flag("transpose_b", false)];
  return backend.executeSingleOutput("MatMul", attributes, [a, b]) as Tensor2D;
}

/** What each output position sees, `[M, K]`, the filter's rows, columns and channels in order. */
export function patchesOf(backend: Backend, x: Tensor4D, conv: Convolution): Tensor2D {
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth } = conv;
  const same = padInfo.type === "SAME";
  const attributes = [
    FLOAT,
    ints("ksizes", [1, filterHeight, filterWidth, 1]),
    ints("strides", [1, strideHeight, strideWidth, 1]),
    ints("rates", [1, 1, 1, 1]),
    text("padding", same ? "SAME" : "VALID"),
  ];
  const seen = same ? x : padded(x, conv);
  const patches = backend.executeSingleOutput("ExtractImagePatches", attributes, [seen]);
  return tf.reshape(patches, [positionsOf(conv), depthOf(conv)]);
}

/** The input with its padding around it. */
function padded(x: Tensor4D, { padInfo }: Convolution): Tensor4D {
  const { top, bottom, left, right } = padInfo;
  return top + bottom + left + right === 0
    ? x
    : tf.pad4d(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
}

/** The input with its padding, cut or continued with zeros to `height` x `width`. */
export function fitted(
  x: Tensor4D,
  height: number,
  width: number,
  { padInfo }: Convolution,
): Tensor4D {
  const { top, left } = padInfo;
  const [batch, rows, columns, channels] = x.shape;
  const seenRows = Math.min(rows, height - top), seenColumns = Math.min(columns, width - left);
  const seen = seenRows === rows && seenColumns === columns
    ? x
    : tf.slice4d(x, [0, 0, 0, 0], [batch, seenRows, seenColumns, channels]);
  const below = height - top - seenRows, right = width - left - seenColumns;
  if (top + left + below + right === 0) return seen;
  return tf.pad4d(seen, [[0, 0], [top, below], [left, right], [0, 0]]);
}

/** Blocks of `size` x `size` pixels as one pixel of as many times the channels. */
export function spaceToDepth(backend: Backend, x: Tensor4D, size: number): Tensor4D {
  if (size === 1) return x;
  const attributes = [FLOAT, ints("block_size", size), text("data_format", "NHWC")];
  return backend.executeSingleOutput("SpaceToDepth", attributes, [x]) as Tensor4D;
}

/** Adds a bias, of each channel or of all. */
export function addBias(backend: Backend, x: Tensor4D, bias: Tensor): Tensor {
  if (bias.rank !== 1 || bias.size !== x.shape[3]) return tf.add(x, bias);
  return backend.executeSingleOutput("BiasAdd", [FLOAT, text("data_format", "NHWC")], [x, bias]);
}
