/** The three products of a convolution by TensorFlow's own kernels. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { createTensorsTypeOpAttr } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { type Backend, type Convolution, flag, ints, text } from "./operations.ts";

/** y. */
export function forward(
  backend: Backend,
  x: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  return run(backend, "Conv2D", attributesOf(conv, x), [x, filter]);
}

/** dx, also: the transposed convolution of `dy`. */
export function inputGradient(
  backend: Backend,
  dy: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const shape = tf.tensor1d(conv.inShape, "int32");
  return run(backend, "Conv2DBackpropInput", attributesOf(conv, dy), [shape, filter, dy]);
}

/** dfilter. */
export function filterGradient(
  backend: Backend,
  x: Tensor4D,
  dy: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const shape = tf.tensor1d(conv.filterShape, "int32");
  return run(backend, "Conv2DBackpropFilter", attributesOf(conv, dy), [x, shape, dy]);
}

function run(backend: Backend, op: string, attributes: TFEOpAttr[], inputs: Tensor[]): Tensor4D {
  return backend.executeSingleOutput(op, attributes, inputs) as Tensor4D;
}

function attributesOf(conv: Convolution, { dtype }: Tensor): TFEOpAttr[] {
  const { dataFormat, padInfo } = conv;
  const byAxis = (batch: number, height: number, width: number, channels: number): number[] =>
    dataFormat === "channelsLast"
      ? [batch, height, width, channels]
      : [batch, channels, height, width];
  const attributes = [
    createTensorsTypeOpAttr("T", dtype),
    ints("strides", byAxis(1, conv.strideHeight, conv.strideWidth, 1)),
    ints("dilations", byAxis(1, conv.dilationHeight, conv.dilationWidth, 1)),
    text("data_format", dataFormat === "channelsLast" ? "NHWC" : "NCHW"),
    flag("use_cudnn_on_gpu", true),
  ];
  if (padInfo.type === "SAME" || padInfo.type === "VALID") {
    return [...attributes, text("padding", padInfo.type)];
  }
  const before = byAxis(0, padInfo.top, padInfo.left, 0);
  const after = byAxis(0, padInfo.bottom, padInfo.right, 0);
  const paddings = before.flatMap((count, axis) => [count, after[axis]!]);
  return [...attributes, text("padding", "EXPLICIT"), ints("explicit_paddings", paddings)];
}
