/** Sums over axes, normalisation and losses. */
import * as tf from "@tensorflow/tfjs";
import { type OpCase, picture, unary } from "./op_case.ts";

type T1 = tf.Tensor1D;
type T4 = tf.Tensor4D;

export const normalisation: readonly OpCase[] = [
  {
    name: "batchNorm with given statistics",
    inputs: [
      picture,
      { shape: [3] },
      { shape: [3], values: "positive" },
      { shape: [3] },
      { shape: [3] },
    ],
    f: (x: T4, mean: T1, variance: T1, offset: T1, scale: T1) =>
      tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
    gradient: true,
    tolerance: 1e-4,
  },
  {
    name: "batch norm composed of moments, rsqrt and products",
    inputs: [picture, { shape: [3] }, { shape: [3] }],
    f: (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2], true);
      const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
      return tf.add(tf.mul(normal, scale), offset);
    },
    gradient: true,
    tolerance: 1e-4,
  },
  unary("moments, mean", (x) => tf.moments(x, [1, 2]).mean),
  unary("moments, variance", (x) => tf.moments(x, [1, 2], true).variance),
];

export const reductions: readonly OpCase[] = [
  ...[undefined, 0, [1, 2], [0, 1, 2], -1].flatMap((axis) =>
    [true, false].flatMap((keep) => [
      unary(`sum, axis ${axis}, keep ${keep}`, (x) => tf.sum(x, axis, keep)),
      unary(`mean, axis ${axis}, keep ${keep}`, (x) => tf.mean(x, axis, keep)),
    ])
  ),
  unary("max", (x) => tf.max(x, [1, 2]), { shape: [2, 3, 4], values: "distinct" }),
  unary("min", (x) => tf.min(x, 1), { shape: [2, 3, 4], values: "distinct" }),
  unary("norm", (x) => tf.norm(x, "euclidean", -1), { shape: [2, 3, 4] }),
  { ...unary("argMax", (x) => tf.argMax(x, 1)), gradient: false },
  {
    name: "sum, bool",
    inputs: [{ shape: [4], dtype: "bool", values: [1, 0, 1, 1] }],
    f: (x: tf.Tensor) => tf.sum(x),
    gradient: false,
  },
  unary("cumsum", (x) => tf.cumsum(x, 1), { shape: [3, 4] }),
];

export const losses: readonly OpCase[] = [
  unary("binary cross-entropy of logits, real", (z) => tf.mean(tf.softplus(tf.neg(z)))),
  unary("binary cross-entropy of logits, fake", (z) => tf.mean(tf.softplus(z))),
  {
    name: "L1",
    inputs: [picture, picture],
    f: (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.mean(tf.abs(tf.sub(a, b))), 100),
    gradient: true,
  },
];
