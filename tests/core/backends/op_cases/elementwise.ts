/** Operations on each value by itself, alone or in pairs. */
import * as tf from "@tensorflow/tfjs";
import { type OpCase, unary } from "./op_case.ts";

function pairwise(
  name: string,
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  broadcastGradient = true,
): OpCase[] {
  const shapes: [number[], number[]][] = [
    [[2, 3, 4], [2, 3, 4]],
    [[2, 3, 4], [4]],
    [[2, 3, 4], []],
    [[2, 1, 4], [3, 1]],
    [[1, 4, 4, 3], [1, 1, 1, 3]],
  ];
  return shapes.map(([a, b]) => ({
    name: `${name}, [${a}] and [${b}]`,
    inputs: [{ shape: a, values: "distinct" }, { shape: b, values: "positive" }],
    f,
    gradient: broadcastGradient || a.join() === b.join(),
  }));
}

function comparison(name: string, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): OpCase {
  const values = [1, 2, 3, 3, 2, 1];
  return {
    name,
    inputs: [{ shape: [2, 3], values }, { shape: [3], values: [2, 2, 2] }],
    f,
    gradient: false,
  };
}

export const activations: readonly OpCase[] = [
  unary("leakyRelu 0.2", (x) => tf.leakyRelu(x, 0.2)),
  unary("leakyRelu 0.3", (x) => tf.leakyRelu(x, 0.3)),
  unary("relu", (x) => tf.relu(x)),
  unary("relu6", (x) => tf.relu6(x)),
  unary("elu", (x) => tf.elu(x)),
  unary("selu", (x) => tf.selu(x)),
  unary("tanh", (x) => tf.tanh(x)),
  unary("sigmoid", (x) => tf.sigmoid(x)),
  unary("softplus", (x) => tf.softplus(x)),
  unary("softmax", (x) => tf.softmax(x)),
  unary("logSoftmax", (x) => tf.logSoftmax(x)),
  unary("logSigmoid", (x) => tf.logSigmoid(x)),
];

export const elementwise: readonly OpCase[] = [
  unary("abs", (x) => tf.abs(x)),
  unary("square", (x) => tf.square(x)),
  unary("neg", (x) => tf.neg(x)),
  unary("exp", (x) => tf.exp(x)),
  unary("sin", (x) => tf.sin(x)),
  unary("cos", (x) => tf.cos(x)),
  unary("sqrt", (x) => tf.sqrt(x), { shape: [3, 5], values: "positive" }),
  unary("rsqrt", (x) => tf.rsqrt(x), { shape: [3, 5], values: "positive" }),
  unary("log", (x) => tf.log(x), { shape: [3, 5], values: "positive" }),
  unary("log1p", (x) => tf.log1p(x), { shape: [3, 5], values: "positive" }),
  unary("reciprocal", (x) => tf.reciprocal(x), { shape: [3, 5], values: "positive" }),
  unary("clipByValue", (x) => tf.clipByValue(x, -0.5, 0.5)),
  { ...unary("sign", (x) => tf.sign(x)), gradient: false },
  { ...unary("floor", (x) => tf.floor(x)), gradient: false },
  { ...unary("round", (x) => tf.round(x)), gradient: false },
  ...pairwise("add", tf.add),
  ...pairwise("sub", tf.sub),
  ...pairwise("mul", tf.mul),
  ...pairwise("div", tf.div),
  // tfjs' gradients of these three do not sum over broadcast axes.
  ...pairwise("maximum", tf.maximum, false),
  ...pairwise("minimum", tf.minimum, false),
  ...pairwise("squaredDifference", tf.squaredDifference, false),
  {
    name: "pow",
    inputs: [{ shape: [2, 3], values: "positive" }, { shape: [] }],
    f: (x: tf.Tensor, y: tf.Tensor) => tf.pow(x, y),
    gradient: true,
  },
  {
    name: "addN",
    inputs: [{ shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 3] }],
    f: (...x: tf.Tensor[]) => tf.addN(x),
    gradient: true,
  },
  {
    name: "where",
    inputs: [
      { shape: [2, 3], dtype: "bool", values: [1, 0, 1, 0, 0, 1] },
      { shape: [2, 3] },
      { shape: [2, 3] },
    ],
    f: (condition: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(condition, a, b),
    gradient: true,
  },
  comparison("greater", tf.greater),
  comparison("greaterEqual", tf.greaterEqual),
  comparison("less", tf.less),
  comparison("lessEqual", tf.lessEqual),
  comparison("equal", tf.equal),
  comparison("notEqual", tf.notEqual),
  {
    name: "add, int32",
    inputs: [
      { shape: [3], dtype: "int32", values: [1, -2, 2 ** 30] },
      { shape: [3], dtype: "int32", values: [4, 5, 6] },
    ],
    f: tf.add,
    gradient: false,
  },
  {
    name: "mul, int32 and float32",
    inputs: [{ shape: [3], dtype: "int32", values: [1, -2, 3] }, { shape: [3] }],
    f: tf.mul,
    gradient: false,
  },
  {
    name: "logicalAnd, logicalOr, logicalNot",
    inputs: [
      { shape: [4], dtype: "bool", values: [0, 0, 1, 1] },
      { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
    ],
    f: (a: tf.Tensor, b: tf.Tensor) =>
      tf.logicalOr(tf.logicalAnd(a, b), tf.logicalNot(tf.logicalOr(a, b))),
    gradient: false,
  },
  ...(["int32", "bool"] as const).map((dtype): OpCase => ({
    name: `cast, float32 to ${dtype}`,
    inputs: [{ shape: [6], values: [-2.7, -0.2, 0, 0.6, 1.5, 300] }],
    f: (x: tf.Tensor) => tf.cast(x, dtype),
    gradient: false,
  })),
  {
    name: "cast, bool to float32",
    inputs: [{ shape: [3], dtype: "bool", values: [1, 0, 1] }],
    f: (x: tf.Tensor) => tf.cast(x, "float32"),
    gradient: false,
  },
];
