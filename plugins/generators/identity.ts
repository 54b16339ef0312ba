import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type Generator, PairlabError } from "../../core/plugin.ts";
import { checkSameSize } from "../layers/sizes.ts";

/**
 * Returns the input: the baseline that every generator should beat. It has no weights to train.
 *
 * @returns A network from `[batch, height, width, channels]` to the same.
 * @throws {PairlabError} If input and target differ in size or channels.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { identity } from "./identity.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 1, width: 2, channels: 1 };
 * const generator = identity()({ input: shape, target: shape }, 23);
 * const y = generator.predict(tf.tensor4d([0.5, -1], [1, 1, 2, 1])) as tf.Tensor;
 * assertEquals([...y.dataSync()], [0.5, -1]);
 * ```
 */
export function identity(): Generator {
  return (shape) => {
    checkSameSize("the identity", shape);
    const { height, width, channels } = shape.input;
    if (channels !== shape.target.channels) {
      throw new PairlabError(
        `Cannot build the identity from ${channels} channels to ${shape.target.channels}. Use the same number for both.`,
      );
    }
    const input = tf.input({ shape: [height, width, channels], name: "input" });
    const unchanged = tf.layers.activation({ activation: "linear", name: "identity" });
    return tf.model({
      inputs: input,
      outputs: unchanged.apply(input) as SymbolicTensor,
      name: "identity",
    });
  };
}
