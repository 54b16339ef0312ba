import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import type { Mode } from "../../core/plugin.ts";

/** The arguments of every layer of tfjs. */
type LayerArguments = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/** A layer with one input. Its arguments, beside those of every layer, are its configuration. */
export abstract class UnaryLayer<Config extends object = object> extends tf.layers.Layer {
  protected readonly config: Config;

  /** @param args Of a network that is read from a file, with tfjs' `customObjects` besides. */
  constructor(args: LayerArguments & Config & { customObjects?: unknown }) {
    super(args);
    const { name: _, trainable: __, customObjects: ___, ...config } = args;
    this.config = config as unknown as Config;
  }

  /** The output; what else is made on the way is disposed of. */
  protected abstract compute(x: Tensor, mode: Partial<Mode>): Tensor;

  override call(inputs: Tensor | Tensor[], mode: Partial<Mode>): Tensor {
    return tf.tidy(() => this.compute(onlyInput(inputs), mode));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}

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
