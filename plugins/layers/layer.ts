import type * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";

/** The arguments of every layer of tfjs. */
export type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/**
 * The input of a layer that has one: tfjs passes it alone or in an array.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { onlyInput } from "./layer.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const x = tf.scalar(1);
 * assertEquals([onlyInput(x), onlyInput([x])], [x, x]);
 * ```
 */
export function onlyInput(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** Replaces one axis of a shape, e.g. for a slice. */
export function withExtent(shape: readonly number[], axis: number, extent: number): number[] {
  return shape.map((own, index) => index === axis ? extent : own);
}
