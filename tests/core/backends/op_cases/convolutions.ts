/** Convolutions, pooling and matrix products. */
import * as tf from "@tensorflow/tfjs";
import { type OpCase, unary } from "./op_case.ts";

type T1 = tf.Tensor1D;
type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

function convolution(
  shape: number[],
  filter: number[],
  stride: number,
  pad: "same" | "valid",
): OpCase {
  return {
    name: `conv2d, ${filter[0]}x${filter[1]}, stride ${stride}, ${pad}, ${shape.join("x")}`,
    inputs: [{ shape }, { shape: filter }],
    f: (x: T4, w: T4) => tf.conv2d(x, w, stride, pad),
    gradient: true,
  };
}

function transposed(shape: number[], filter: number[], stride: number): OpCase {
  const [batch, height, width] = shape as [number, number, number, number];
  const output: [number, number, number, number] = [
    batch,
    height * stride,
    width * stride,
    filter[2]!,
  ];
  return {
    name: `conv2dTranspose, ${filter[0]}x${filter[1]}, stride ${stride}, ${shape.join("x")}`,
    inputs: [{ shape }, { shape: filter }],
    f: (x: T4, w: T4) => tf.conv2dTranspose(x, w, output, stride, "same"),
    gradient: true,
  };
}

export const convolutions: readonly OpCase[] = [
  convolution([2, 8, 8, 3], [4, 4, 3, 5], 2, "same"),
  convolution([1, 9, 7, 3], [4, 4, 3, 5], 2, "same"),
  convolution([1, 8, 8, 4], [4, 4, 4, 2], 1, "same"),
  convolution([1, 8, 8, 4], [4, 4, 4, 2], 1, "valid"),
  convolution([2, 7, 6, 4], [3, 3, 4, 6], 1, "same"),
  convolution([2, 5, 5, 4], [1, 1, 4, 6], 1, "same"),
  convolution([1, 2, 2, 16], [4, 4, 16, 24], 2, "same"),
  convolution([1, 1, 1, 8], [4, 4, 8, 8], 2, "same"),
  convolution([1, 16, 16, 8], [5, 5, 8, 4], 2, "valid"),
  convolution([1, 12, 12, 3], [7, 7, 3, 4], 1, "valid"),
  transposed([2, 4, 4, 3], [4, 4, 5, 3], 2),
  transposed([1, 1, 1, 8], [4, 4, 6, 8], 2),
  transposed([1, 5, 3, 4], [4, 4, 3, 4], 2),
  transposed([1, 4, 4, 3], [3, 3, 5, 3], 1),
  transposed([1, 3, 3, 4], [3, 3, 4, 4], 2),
  {
    name: "conv2d with its bias, fused",
    inputs: [{ shape: [1, 6, 6, 3] }, { shape: [4, 4, 3, 4] }, { shape: [4] }],
    f: (x: T4, filter: T4, bias: T1) =>
      tf.fused.conv2d({ x, filter, bias, strides: 2, pad: "same", activation: "relu" }),
    gradient: true,
  },
  {
    name: "the gradient of a gradient through conv2d, as a gradient penalty takes it",
    inputs: [{ shape: [1, 6, 6, 2] }, { shape: [4, 4, 2, 3] }],
    f: (x: T4, w: T4) =>
      tf.grad((z: tf.Tensor) => tf.sum(tf.square(tf.conv2d(z as T4, w, 2, "same"))))(x),
    gradient: false,
  },
];

export const pooling: readonly OpCase[] = [
  unary("avgPool, 2x2, stride 2", (x) => tf.avgPool(x as T4, 2, 2, "valid")),
  {
    name: "avgPool, 3x3, stride 1, same",
    inputs: [{ shape: [2, 6, 8, 3] }],
    f: (x: T4) => tf.avgPool(x, 3, 1, "same"),
    // On tfjs' CPU backend the gradient divides by the whole window at the borders too.
    gradient: false,
  },
  unary("maxPool, 2x2, stride 2", (x) => tf.maxPool(x as T4, 2, 2, "valid"), {
    shape: [2, 6, 8, 3],
    values: "distinct",
  }),
];

export const products: readonly OpCase[] = [
  ...[[false, false], [true, false], [false, true], [true, true]].map(([a, b]): OpCase => ({
    name: `matMul, transposed ${a}, ${b}`,
    inputs: [{ shape: a ? [5, 4] : [4, 5] }, { shape: b ? [3, 5] : [5, 3] }],
    f: (x: T2, y: T2) => tf.matMul(x, y, a, b),
    gradient: true,
  })),
  {
    name: "matMul, batches",
    inputs: [{ shape: [3, 4, 5] }, { shape: [3, 5, 2] }],
    f: (x: T3, y: T3) => tf.matMul(x, y),
    gradient: true,
  },
];
