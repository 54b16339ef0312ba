/** Operations that move values about. */
import * as tf from "@tensorflow/tfjs";
import { type OpCase, picture, unary } from "./op_case.ts";

type T1 = tf.Tensor1D;
type T4 = tf.Tensor4D;

export const shapes: readonly OpCase[] = [
  ...[0, 1, 2, 3].map((axis): OpCase => ({
    name: `concat, axis ${axis}`,
    inputs: [0, 1, 2].map((i) => ({ shape: [2, 3, 4, 2].map((n, k) => k === axis ? n + i : n) })),
    f: (...x: tf.Tensor[]) => tf.concat(x, axis),
    gradient: true,
  })),
  unary("pad", (x) => tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]])),
  unary("pad with a value", (x) => tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], -1)),
  ...(["reflect", "symmetric"] as const).map((mode): OpCase => ({
    name: `mirrorPad, ${mode}`,
    inputs: [picture],
    f: (x: T4) => tf.mirrorPad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], mode),
    // tfjs has no gradient for it.
    gradient: false,
  })),
  unary("slice", (x) => tf.slice(x, [0, 1, 2, 1], [2, 3, -1, 1])),
  {
    name: "stridedSlice",
    inputs: [picture],
    f: (x: tf.Tensor) => tf.stridedSlice(x, [0, 1, 0, 0], [2, 6, 8, 3], [1, 2, 3, 1]),
    gradient: false,
  },
  unary("reverse", (x) => tf.reverse(x, [1, 2])),
  unary("transpose", (x) => tf.transpose(x, [0, 3, 1, 2])),
  unary("reshape", (x) => tf.reshape(x, [4, -1])),
  unary("expandDims, squeeze", (x) => tf.squeeze(tf.expandDims(x, 1), [1])),
  unary("tile", (x) => tf.tile(x, [1, 2, 1, 3])),
  unary("broadcastTo", (x) => tf.broadcastTo(x, [2, 3, 4]), { shape: [3, 1] }),
  {
    name: "depthToSpace",
    inputs: [{ shape: [1, 3, 4, 8] }],
    f: (x: T4) => tf.depthToSpace(x, 2),
    gradient: false,
  },
  unary("nearest neighbours by reshape and tile", (x) => {
    const wide = tf.tile(tf.reshape(x, [12, 8, 1, 3]), [1, 1, 2, 1]);
    return tf.reshape(tf.tile(tf.reshape(wide, [12, 1, 48]), [1, 2, 1]), [2, 12, 16, 3]);
  }),
  {
    name: "stack",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
    f: (...x: tf.Tensor[]) => tf.stack(x, 1),
    gradient: true,
  },
  unary("unstack", (x) => tf.unstack(x, 3)[1] ?? x),
  unary("split", (x) => tf.split(x, [2, 4], 1)[1] ?? x),
  {
    name: "gather",
    inputs: [{ shape: [4, 3] }, { shape: [3], dtype: "int32", values: [2, 0, 2] }],
    f: (x: tf.Tensor, indices: tf.Tensor) => tf.gather(x, indices as T1),
    gradient: true,
  },
  {
    name: "oneHot",
    inputs: [{ shape: [3], dtype: "int32", values: [2, 0, 1] }],
    f: (x: tf.Tensor) => tf.oneHot(x, 4),
    gradient: false,
  },
  { ...unary("zerosLike", (x) => tf.zerosLike(x)), gradient: false },
  { ...unary("onesLike", (x) => tf.onesLike(x)), gradient: false },
  { name: "fill", inputs: [], f: () => tf.fill([2, 3], 0.25), gradient: false },
  { name: "range", inputs: [], f: () => tf.range(0, 7, 2), gradient: false },
  { name: "linspace", inputs: [], f: () => tf.linspace(0, 1, 5), gradient: false },
  // Square, because the gradient on tfjs' CPU backend takes height for width; and tfjs' gradients
  // know nothing of half pixel centres.
  ...[[12, 12], [3, 3], [9, 5]].flatMap((size) =>
    [true, false].map((half): OpCase => ({
      name: `resizeBilinear to ${size.join("x")}, half pixel centres ${half}`,
      inputs: [{ shape: [2, 6, 6, 3] }],
      f: (x: T4) => tf.image.resizeBilinear(x, size as [number, number], false, half),
      gradient: !half,
    }))
  ),
  // A single picture, because the gradient on tfjs' CPU backend mixes up the pictures of a batch.
  unary(
    "resizeNearestNeighbor",
    (x) => tf.image.resizeNearestNeighbor(x as T4, [12, 16]),
    { shape: [1, 6, 8, 3] },
  ),
];
