/**
 * A tfjs backend without values: tensors have only a shape and a type.
 *
 * Networks are built on it before an engine starts, which finds shape errors in milliseconds and
 * without a gigabyte of weights.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import { STATELESS_NORMAL, STATELESS_UNIFORM } from "../ops/stateless_random.ts";
import { ValuelessBackend } from "./valueless_backend.ts";

const NAME = "shapes";

class ShapesBackend extends ValuelessBackend {
  override write(_values: BackendValues | null, _shape: number[], _dtype: DataType): object {
    return this.allocate();
  }

  make(shape: readonly number[], dtype: DataType): TensorInfo {
    return { dataId: this.write(null, [], dtype), shape: [...shape], dtype };
  }

  override readSync(): never {
    throw new TypeError(
      "Cannot read the values of a tensor: only shapes are computed while an experiment is checked. Build networks without reading values.",
    );
  }

  override read(): Promise<never> {
    return Promise.reject(
      new TypeError("Cannot read the values of a tensor: only shapes are computed"),
    );
  }
}

/** The shape and type of a kernel's result, from its inputs and attributes. */
type Infer = (
  inputs: readonly TensorInfo[],
  attrs: Readonly<Record<string, unknown>>,
) => { readonly shape: readonly number[]; readonly dtype: DataType };

function register(infer: Infer, ...kernelNames: readonly string[]): void {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const { shape, dtype } = infer(Object.values(inputs) as TensorInfo[], attrs ?? {});
    return (backend as ShapesBackend).make(shape, dtype);
  };
  for (const kernelName of kernelNames) {
    tf.registerKernel({ kernelName, backendName: NAME, kernelFunc });
  }
}

const same: Infer = ([x]) => x!;
const broadcast: Infer = ([a, b]) => ({
  shape: tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape),
  dtype: a!.dtype,
});
const drawn: Infer = (_, { shape }) => ({ shape: shape as number[], dtype: "float32" });
const reshaped: Infer = ([x], { shape }) => ({
  shape: tf.util.inferFromImplicitShape(shape as number[], tf.util.sizeFromShape(x!.shape)),
  dtype: x!.dtype,
});
const expanded: Infer = ([x], { dim }) => {
  const shape = [...x!.shape];
  const axis = dim as number;
  shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
  return { shape, dtype: x!.dtype };
};

// The kernels that initializers use.
register(same, "Identity", "ZerosLike", "OnesLike", "Neg", "Abs", "Sqrt", "Rsqrt", "Square", "Exp");
register(broadcast, "Add", "Sub", "Multiply", "RealDiv", "Maximum", "Minimum");
register(drawn, STATELESS_UNIFORM, STATELESS_NORMAL);
register(
  (_, { shape, dtype }) => ({ shape: shape as number[], dtype: dtype as DataType }),
  "Fill",
);
register(([x], { dtype }) => ({ shape: x!.shape, dtype: dtype as DataType }), "Cast");
register(reshaped, "Reshape");
register(expanded, "ExpandDims");
register(
  ([x], { perm }) => ({
    shape: (perm as number[]).map((axis) => x!.shape[axis]!),
    dtype: x!.dtype,
  }),
  "Transpose",
);
register(
  ([x], { reps }) => ({
    shape: (reps as number[]).map((count, axis) => count * x!.shape[axis]!),
    dtype: x!.dtype,
  }),
  "Tile",
);

type AddWeight = tf.layers.Layer["addWeight"];

/** An initializer without values: tfjs' own draw each number in JavaScript. */
const noValues = {
  apply: (shape: number[], dtype: DataType = "float32") => tf.fill(shape, 0, dtype),
} as unknown as Parameters<AddWeight>[3];

/** Disables initializers of layers; returns the function that enables them again. */
function skipInitializers(): () => void {
  const layer = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const original = layer.addWeight;
  layer.addWeight = function (
    name,
    shape,
    dtype,
    _initializer,
    regularizer,
    trainable,
    constraint,
  ) {
    return original.call(
      this,
      name,
      shape,
      dtype,
      noValues,
      regularizer,
      trainable,
      constraint,
      () => noValues!,
    );
  };
  return () => {
    layer.addWeight = original;
  };
}

/**
 * Runs `fn` with tensors that have shapes and types but no values, so that building a network of any
 * size takes milliseconds and no memory; then disposes of its tensors and restores the backend.
 *
 * @param fn A synchronous function. It must not return tensors or networks.
 * @throws {TypeError} If `fn` reads a value.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { withShapesOnly } from "./shapes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const parameters = withShapesOnly(() => {
 *   const input = tf.input({ shape: [100_000] });
 *   const output = tf.layers.dense({ units: 100_000 }).apply(input) as tf.SymbolicTensor;
 *   return tf.model({ inputs: input, outputs: output }).countParams();
 * });
 * assertEquals(parameters, 100_000 * 100_001);
 * ```
 */
export function withShapesOnly<T>(fn: () => T): T {
  const engine = tf.engine();
  const former = engine.backendName as string | null;
  if (former === NAME) return fn();
  const variables = new Set(Object.keys(engine.state.registeredVariables));
  tf.registerBackend(NAME, () => new ShapesBackend(), -1);
  // Synchronous for this backend.
  void tf.setBackend(NAME);
  const endSkipping = skipInitializers();
  try {
    let result: { value: T } | undefined;
    tf.tidy(() => {
      result = { value: fn() };
    });
    return result!.value;
  } finally {
    endSkipping();
    for (const [name, variable] of Object.entries(engine.state.registeredVariables)) {
      if (!variables.has(name)) variable.dispose();
    }
    tf.removeBackend(NAME);
    if (former !== null && former !== undefined) void tf.setBackend(former);
  }
}
