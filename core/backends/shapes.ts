/**
 * Networks are built without values before an engine starts, which finds shape errors in milliseconds
 * and without a gigabyte of weights.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { DataType } from "@tensorflow/tfjs";
import { STATELESS_NORMAL, STATELESS_UNIFORM } from "../ops/stateless_random.ts";
import { registerShapeKernels } from "./kernel_shapes.ts";
import { onBackend, ValuelessBackend } from "./valueless_backend.ts";

const NAME = "shapes";

class ShapesBackend extends ValuelessBackend {
  protected override readonly unreadable =
    "Cannot read the values of a tensor: only shapes are computed while an experiment is checked. Build networks without reading values.";
}

// Beside the kernels of exports, those of initializers.
registerShapeKernels(NAME, [
  ["Identity", ([x]) => x!],
  [`${STATELESS_UNIFORM} ${STATELESS_NORMAL}`, (_, { shape }) => ({ shape, dtype: "float32" })],
]);

type AddWeight = tf.layers.Layer["addWeight"];

/** An initializer without values: tfjs' own draw each number in JavaScript. */
const noValues = {
  apply: (shape: number[], dtype: DataType = "float32") => tf.fill(shape, 0, dtype),
} as unknown as Parameters<AddWeight>[3];

/** Disables initializers of layers; returns the function that enables them again. */
function skipInitializers(): () => void {
  const layer = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const original = layer.addWeight;
  layer.addWeight = function (name, shape, dtype, _, ...rest) {
    const [regularizer, trainable, constraint] = rest;
    const none = () => noValues!;
    return original
      .call(this, name, shape, dtype, noValues, regularizer, trainable, constraint, none);
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
  if (engine.backendName === NAME) return fn();
  const variables = new Set(Object.keys(engine.state.registeredVariables));
  let result: { value: T } | undefined;
  onBackend(NAME, new ShapesBackend(), () => {
    const endSkipping = skipInitializers();
    try {
      result = { value: fn() };
    } finally {
      endSkipping();
      for (const [name, variable] of Object.entries(engine.state.registeredVariables)) {
        if (!variables.has(name)) variable.dispose();
      }
    }
  });
  return result!.value;
}
