/** The shapes and types of kernels' results, which follow from their inputs and attributes. */
import * as tf from "@tensorflow/tfjs";
import type { DataType, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs";
import { BATCH_NORM_TRAINING } from "../ops/batch_norm.ts";
import type { Described, ValuelessBackend } from "./valueless_backend.ts";

/** The attributes that shapes follow from; each kernel has some of them. */
interface Attributes {
  readonly dtype: DataType;
  readonly shape: number[];
  readonly inputShape: number[];
  readonly perm: number[];
  readonly reps: number[];
  readonly begin: number[];
  readonly size: number[];
  readonly paddings: [number, number][];
  readonly dim: number;
  readonly axis: number;
  readonly axes?: number;
  /** The axes of `Max`. */
  readonly reductionIndices?: number;
  readonly keepDims: boolean;
  readonly numOrSizeSplits: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly dilations?: number;
  readonly pad: "same" | "valid";
  readonly dimRoundingMode?: "floor";
}

/** The shapes and types of a kernel's results, from its inputs and attributes. */
export type Infer = (
  inputs: readonly TensorInfo[],
  attributes: Attributes,
) => Described | readonly Described[];

type Shape4 = [number, number, number, number];

const same: Infer = ([x]) => x!;
const elementwise = (type?: DataType): Infer => ([a, b]) => ({
  shape: tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape),
  dtype: type ?? a!.dtype,
});

/** A rule for the shape alone; the type stays. */
const shaped =
  (infer: (x: number[], attributes: Attributes) => number[]): Infer => ([x], attributes) => ({
    shape: infer([...x!.shape], attributes),
    dtype: x!.dtype,
  });

const reduced = shaped((shape, { axis, axes, reductionIndices, keepDims }) => {
  const over = tf.util.parseAxisParam((axis ?? axes ?? reductionIndices ?? null)!, shape);
  return shape.flatMap((extent, index) => !over.includes(index) ? [extent] : keepDims ? [1] : []);
});

const pooled = shaped((shape, { filterSize, strides, pad, dimRoundingMode }) =>
  tf.backend_util
    .computePool2DInfo(shape as Shape4, filterSize, strides, 1, pad, dimRoundingMode).outShape
);

const convolved = (depthwise: boolean): Infer => ([x, filter], attributes) => {
  const { strides, pad, dilations = 1, dimRoundingMode } = attributes;
  const shapes = [x!.shape as Shape4, filter!.shape as Shape4] as const;
  const { outShape } = tf.backend_util
    .computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, depthwise);
  return { shape: outShape, dtype: "float32" };
};

const multiplied: Infer = ([a, b], { transposeA, transposeB }) => {
  const [rows, inner] = a!.shape.slice(-2), [innerOfB, columns] = b!.shape.slice(-2);
  const batches = tf.backend_util
    .assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  const shape = [...batches, transposeA ? inner! : rows!, transposeB ? innerOfB! : columns!];
  return { shape, dtype: "float32" };
};

const padded = shaped((x, { paddings }) =>
  x.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1])
);
const resized = shaped(([batch, , , channels], { size }) => [batch!, ...size, channels!]);

/** The rule of each kernel that an export may hold or an initializer calls, by names that share it. */
const RULES: readonly (readonly [names: string, infer: Infer])[] = [
  ["ZerosLike OnesLike Neg Abs Sqrt Rsqrt Square Exp Log Reciprocal Sign Floor Ceil Round", same],
  ["Relu Relu6 LeakyRelu Elu Prelu Tanh Sigmoid Softplus Erf ClipByValue Softmax", same],
  ["AddN Reverse FusedBatchNorm", same],
  ["Add Sub Multiply RealDiv Maximum Minimum Pow SquaredDifference", elementwise()],
  ["Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd LogicalOr", elementwise("bool")],
  ["Select", ([, x]) => x!],
  ["Mean Sum Max Min Prod", reduced],
  ["AvgPool MaxPool", pooled],
  ["Conv2D FusedConv2D", convolved(false)],
  ["DepthwiseConv2dNative FusedDepthwiseConv2D", convolved(true)],
  ["Conv2DBackpropInput", (_, { inputShape }) => ({ shape: inputShape, dtype: "float32" })],
  ["BatchMatMul _FusedMatMul", multiplied],
  [BATCH_NORM_TRAINING, ([x, scale]) => [x!, ...Array.from({ length: 5 }, () => scale!)]],
  ["Cast", ([x], { dtype }) => ({ shape: x!.shape, dtype })],
  ["Fill", (_, { shape, dtype }) => ({ shape, dtype })],
  [
    "Reshape",
    shaped((x, { shape }) => tf.util.inferFromImplicitShape(shape, tf.util.sizeFromShape(x))),
  ],
  ["ExpandDims", shaped((x, { dim }) => x.toSpliced(dim < 0 ? x.length + 1 + dim : dim, 0, 1))],
  ["Transpose", shaped((x, { perm }) => perm.map((axis) => x[axis]!))],
  ["Tile", shaped((x, { reps }) => reps.map((count, axis) => count * x[axis]!))],
  ["Concat", (inputs, { axis }) => {
    const [{ shape, dtype }] = inputs as [TensorInfo];
    const [along] = tf.util.parseAxisParam(axis, shape) as [number];
    const whole = inputs.reduce((sum, input) => sum + input.shape[along]!, 0);
    return { shape: shape.with(along, whole), dtype };
  }],
  ["Pack", (inputs, { axis }) => ({
    shape: inputs[0]!.shape.toSpliced(axis, 0, inputs.length),
    dtype: inputs[0]!.dtype,
  })],
  [
    "Slice",
    shaped((x, { begin, size }) =>
      size.map((count, axis) => count === -1 ? x[axis]! - begin[axis]! : count)
    ),
  ],
  ["SplitV", ([x], { numOrSizeSplits, axis }) => {
    const { shape, dtype } = x!;
    const [along] = tf.util.parseAxisParam(axis, shape) as [number];
    return tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along)
      .map((extent) => ({ shape: shape.with(along, extent), dtype }));
  }],
  ["PadV2 MirrorPad", padded],
  ["ResizeBilinear ResizeNearestNeighbor", resized],
];

/**
 * Registers kernels that compute shapes alone.
 *
 * @param more Kernels that this backend has besides, by their names.
 * @param called Is told of each call.
 */
export function registerShapeKernels<Backend extends ValuelessBackend>(
  backendName: string,
  more: readonly (readonly [names: string, infer: Infer])[],
  called: (
    backend: Backend,
    kernel: string,
    inputs: object,
    attributes: NamedAttrMap,
    results: TensorInfo[],
  ) => void = () => {},
): void {
  for (const [names, infer] of [...RULES, ...more]) {
    for (const kernelName of names.split(" ")) {
      tf.registerKernel({
        kernelName,
        backendName,
        kernelFunc: ({ inputs, attrs, backend }) => {
          const attributes = attrs ?? {};
          const given = Object.values(inputs) as TensorInfo[];
          const inferred = infer(given, attributes as unknown as Attributes);
          const of = backend as Backend;
          const results = [inferred].flat().map((described) => of.make(described as Described));
          called(of, kernelName, inputs, attributes, results);
          return Array.isArray(inferred) ? results : results[0]!;
        },
      });
    }
  }
}
