/**
 * The operations of a network, written down as they are called.
 *
 * A tfjs backend without numbers notes each kernel with its inputs and attributes. Whatever a layer
 * computes is found so, layers of users included, and no format needs to know any layer.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type {
  BackendValues,
  DataType,
  KernelFunc,
  NamedAttrMap,
  Tensor4D,
  TensorInfo,
} from "@tensorflow/tfjs";
import { ValuelessBackend } from "../backends/valueless_backend.ts";
import { PairlabError } from "../base/errors.ts";
import { BATCH_NORM_TRAINING } from "../ops/batch_norm.ts";

const NAME = "export-trace";

/** The place of a tensor within a trace. */
export type ValueId = number;

/** A tensor of a trace. */
export interface TracedValue {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A tensor whose values do not depend on the picture. */
export interface TracedConstant extends TracedValue {
  readonly id: ValueId;
  /** Its values, where they were given to the trace; a weight is read from its own backend. */
  readonly values?: Float32Array | Int32Array | Uint8Array;
  readonly dataId: object;
}

/** A kernel that was called. */
export interface TracedOperation {
  /** tfjs' name of it, e.g. `Conv2D`. */
  readonly kernel: string;
  /** Its inputs by their names in tfjs, e.g. `x` and `filter`. */
  readonly inputs: readonly (readonly [name: string, value: ValueId])[];
  readonly attributes: NamedAttrMap;
  readonly outputs: readonly ValueId[];
}

/** All that a function of one batch of pictures calls. */
export interface Trace {
  readonly values: readonly TracedValue[];
  readonly constants: readonly TracedConstant[];
  readonly operations: readonly TracedOperation[];
  readonly input: ValueId;
  readonly output: ValueId;
}

/** Writes down what is called. */
class Recorder extends ValuelessBackend {
  readonly values: TracedValue[] = [];
  readonly constants: TracedConstant[] = [];
  readonly operations: TracedOperation[] = [];
  readonly #ids = new WeakMap<object, ValueId>();

  /** Values that are given to tfjs during the trace, e.g. the 2 of `tf.mul(x, 2)`. */
  override write(given: BackendValues | null, shape: number[], dtype: DataType): object {
    const dataId = this.allocate();
    const id = this.#name({ dataId, shape, dtype });
    const values = numbersOf(given, dtype);
    this.constants.push({ id, shape: [...shape], dtype, dataId, values });
    return dataId;
  }

  /** The result of an operation. */
  result(shape: readonly number[], dtype: DataType): TensorInfo {
    const info = { dataId: this.allocate(), shape: [...shape], dtype };
    this.#name(info);
    return info;
  }

  /** The same values under another handle. */
  alias({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    const copy = { dataId: this.allocate(), shape: [...shape], dtype };
    this.#ids.set(copy.dataId, this.idOf({ dataId, shape, dtype }));
    return copy;
  }

  /** The place of a tensor; one of another backend is a constant, e.g. a weight. */
  idOf(info: TensorInfo): ValueId {
    const known = this.#ids.get(info.dataId);
    if (known !== undefined) return known;
    const id = this.#name(info);
    const { shape, dtype, dataId } = info;
    this.constants.push({ id, shape: [...shape], dtype, dataId });
    return id;
  }

  record(kernel: string, inputs: object, attributes: NamedAttrMap, outputs: TensorInfo[]): void {
    const named = Object.entries(inputs as Record<string, TensorInfo | undefined>);
    this.operations.push({
      kernel,
      inputs: named.flatMap(([name, info]) => info === undefined ? [] : [[name, this.idOf(info)]]),
      attributes: { ...attributes },
      outputs: outputs.map((output) => this.idOf(output)),
    });
  }

  #name({ dataId, shape, dtype }: TensorInfo): ValueId {
    const id = this.values.length;
    this.values.push({ shape: [...shape], dtype });
    this.#ids.set(dataId, id);
    return id;
  }

  override readSync(): never {
    throw new TypeError(
      "Cannot read a tensor while a network is traced. Compute with tensors only.",
    );
  }

  override read(): Promise<never> {
    return Promise.reject(new TypeError("Cannot read a tensor while a network is traced"));
  }
}

function numbersOf(
  given: BackendValues | null,
  dtype: DataType,
): Float32Array | Int32Array | Uint8Array {
  const numbers = (given ?? []) as ArrayLike<number>;
  if (dtype === "int32") return Int32Array.from(numbers);
  return dtype === "bool" ? Uint8Array.from(numbers) : Float32Array.from(numbers);
}

/** The shapes and types of a kernel's results, from its inputs and attributes. */
type Infer = (
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: NamedAttrMap,
) => TracedValue | readonly TracedValue[];

function register(infer: Infer, ...kernelNames: readonly string[]): void {
  for (const kernelName of kernelNames) {
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
      const recorder = backend as Recorder;
      const inferred = infer(inputs as Record<string, TensorInfo>, attrs ?? {});
      const several = Array.isArray(inferred);
      const results = (several ? inferred as TracedValue[] : [inferred as TracedValue])
        .map(({ shape, dtype }) => recorder.result(shape, dtype));
      recorder.record(kernelName, inputs, attrs ?? {}, results);
      return several ? results : results[0]!;
    };
    tf.registerKernel({ kernelName, backendName: NAME, kernelFunc });
  }
}

const first = (inputs: Readonly<Record<string, TensorInfo>>): TensorInfo =>
  Object.values(inputs)[0]!;
const same: Infer = (inputs) => first(inputs);

const elementwise = (dtype?: DataType): Infer => (inputs) => {
  const [a, b] = Object.values(inputs) as [TensorInfo, TensorInfo];
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return { shape, dtype: dtype ?? a.dtype };
};

const reduced: Infer = (inputs, { axis, axes, keepDims }) => {
  const { shape, dtype } = first(inputs);
  const given = (axis ?? axes ?? null) as number | number[] | null;
  const over = tf.util.parseAxisParam(given as number[], shape);
  const kept = shape.flatMap((extent, index) =>
    !over.includes(index) ? [extent] : keepDims === true ? [1] : []
  );
  return { shape: kept, dtype };
};

const pooled: Infer = ({ x }, { filterSize, strides, pad, dimRoundingMode }) => ({
  shape: tf.backend_util.computePool2DInfo(
    x!.shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad as "same",
    dimRoundingMode as "floor" | undefined,
  ).outShape,
  dtype: x!.dtype,
});

const convolved =
  (depthwise: boolean): Infer => ({ x, filter }, { strides, pad, dilations, dimRoundingMode }) => ({
    shape: tf.backend_util.computeConv2DInfo(
      x!.shape as [number, number, number, number],
      filter!.shape as [number, number, number, number],
      strides as [number, number],
      (dilations ?? 1) as number,
      pad as "same",
      dimRoundingMode as "floor" | undefined,
      depthwise,
    ).outShape,
    dtype: "float32",
  });

const multiplied: Infer = ({ a, b }, { transposeA, transposeB }) => {
  const [rows, inner] = a!.shape.slice(-2), [innerOfB, columns] = b!.shape.slice(-2);
  const batches = tf.backend_util.assertAndGetBroadcastShape(
    a!.shape.slice(0, -2),
    b!.shape.slice(0, -2),
  );
  const shape = [...batches, transposeA ? inner! : rows!, transposeB ? innerOfB! : columns!];
  return { shape, dtype: "float32" };
};

register(
  same,
  ...["ZerosLike", "OnesLike", "Neg", "Abs", "Sqrt", "Rsqrt", "Square", "Exp", "Log", "Reciprocal"],
  ...["Relu", "Relu6", "LeakyRelu", "Elu", "Prelu", "Tanh", "Sigmoid", "Softplus", "Erf"],
  ...["ClipByValue", "Sign", "Floor", "Ceil", "Round", "Reverse", "Softmax", "FusedBatchNorm"],
);
register(elementwise(), "Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum", "Pow");
register(elementwise(), "SquaredDifference");
register(elementwise("bool"), "Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual");
register(elementwise("bool"), "LogicalAnd", "LogicalOr");
register(same, "AddN");
register(({ t }) => t!, "Select");
register(reduced, "Mean", "Sum", "Max", "Min", "Prod");
register(pooled, "AvgPool", "MaxPool");
register(convolved(false), "Conv2D", "FusedConv2D");
register(convolved(true), "DepthwiseConv2dNative", "FusedDepthwiseConv2D");
register(
  (_, { inputShape }) => ({ shape: inputShape as number[], dtype: "float32" }),
  "Conv2DBackpropInput",
);
register(multiplied, "BatchMatMul", "_FusedMatMul");
register(
  ({ x, scale }) => {
    const channels = { shape: scale!.shape, dtype: scale!.dtype };
    return [x!, channels, channels, channels, channels, channels];
  },
  BATCH_NORM_TRAINING,
);
register((inputs, { dtype }) => ({ shape: first(inputs).shape, dtype: dtype as DataType }), "Cast");
register(
  (_, { shape, dtype }) => ({ shape: shape as number[], dtype: dtype as DataType }),
  "Fill",
);
register((inputs, { shape }) => {
  const x = first(inputs);
  const size = tf.util.sizeFromShape(x.shape);
  return { shape: tf.util.inferFromImplicitShape(shape as number[], size), dtype: x.dtype };
}, "Reshape");
register((inputs, { dim }) => {
  const { shape, dtype } = first(inputs);
  const axis = dim as number;
  const expanded = [...shape];
  expanded.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
  return { shape: expanded, dtype };
}, "ExpandDims");
register((inputs, { perm }) => {
  const { shape, dtype } = first(inputs);
  return { shape: (perm as number[]).map((axis) => shape[axis]!), dtype };
}, "Transpose");
register((inputs, { reps }) => {
  const { shape, dtype } = first(inputs);
  return { shape: (reps as number[]).map((count, axis) => count * shape[axis]!), dtype };
}, "Tile");
register((inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const [along] = tf.util.parseAxisParam(axis as number, tensors[0]!.shape);
  const shape = [...tensors[0]!.shape];
  shape[along!] = tensors.reduce((sum, tensor) => sum + tensor.shape[along!]!, 0);
  return { shape, dtype: tensors[0]!.dtype };
}, "Concat");
register((inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const shape: number[] = [...tensors[0]!.shape];
  shape.splice(axis as number, 0, tensors.length);
  return { shape, dtype: tensors[0]!.dtype };
}, "Pack");
register((inputs, { begin, size }) => {
  const { shape, dtype } = first(inputs);
  const starts = begin as number[];
  const extents = (size as number[]).map((count, axis) =>
    count === -1 ? shape[axis]! - starts[axis]! : count
  );
  return { shape: extents, dtype };
}, "Slice");
register((inputs, { numOrSizeSplits, axis }) => {
  const x = first(inputs);
  const [along] = tf.util.parseAxisParam(axis as number, x.shape);
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits as number, along);
  return sizes.map((extent) => ({
    shape: x.shape.map((whole, index) => index === along ? extent : whole),
    dtype: x.dtype,
  }));
}, "SplitV");
register(
  (inputs, { paddings }) => {
    const { shape, dtype } = first(inputs);
    const around = paddings as [number, number][];
    return {
      shape: shape.map((extent, axis) => extent + around[axis]![0] + around[axis]![1]),
      dtype,
    };
  },
  "PadV2",
  "MirrorPad",
);
register(
  (inputs, { size }) => {
    const { shape: [batch, , , channels], dtype } = first(inputs);
    return { shape: [batch!, ...size as [number, number], channels!], dtype };
  },
  "ResizeBilinear",
  "ResizeNearestNeighbor",
);
tf.registerKernel({
  kernelName: "Identity",
  backendName: NAME,
  kernelFunc: ({ inputs, backend }) => (backend as Recorder).alias(first(inputs as never)),
});

/**
 * Traces a function of one batch of pictures. Nothing is computed.
 *
 * @param shape `[batch, height, width, channels]` of the pictures.
 * @throws {PairlabError} If the function calls a kernel that no export knows.
 */
export function trace(
  fn: (pictures: Tensor4D) => Tensor4D,
  shape: readonly [number, number, number, number],
): Trace {
  const engine = tf.engine();
  const former = engine.backendName as string | null;
  let recorder: Recorder | undefined;
  tf.registerBackend(NAME, () => recorder = new Recorder(), -1);
  // Set at once: only backends that are made asynchronously are set asynchronously.
  void tf.setBackend(NAME);
  try {
    let output: ValueId | undefined;
    const info = recorder!.result(shape, "float32");
    tf.tidy(() => {
      output = recorder!.idOf(fn(engine.makeTensorFromTensorInfo(info) as Tensor4D));
    });
    const { values, constants, operations } = recorder!;
    return { values, constants, operations, input: recorder!.idOf(info), output: output! };
  } catch (error) {
    const kernel = /Kernel '(\w+)' not registered/.exec(String(error))?.[1];
    if (kernel === undefined) throw error;
    throw new PairlabError(
      `Cannot export this network: it uses the operation "${kernel}", which no export knows. Build the layer of other operations.`,
      { cause: error },
    );
  } finally {
    tf.removeBackend(NAME);
    // The engine that was at work before, whose tensors were not touched.
    if (former !== null && former !== undefined) void tf.setBackend(former);
  }
}
