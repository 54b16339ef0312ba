import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { convolution, type Generator, PairlabError } from "../../../mod.ts";

/** Options of {@link myGenerator}. */
export interface MyGeneratorOptions {
  /** Channels between the layers. @default 32 */
  readonly filters?: number;
}

/**
 * A plain generator: three convolutions that keep the picture's size, without skips or norms.
 *
 * @returns A network from `[batch, ...input]` to `[batch, ...target]`, both in -1…1.
 * @throws {PairlabError} If input and target differ in size.
 */
export function myGenerator(
  { filters = 32 }: MyGeneratorOptions = {},
): Generator {
  return ({ input, target }, seed) => {
    const { height, width, channels } = input;
    if (height !== target.height || width !== target.width) {
      throw new PairlabError(
        `Cannot make ${target.width}x${target.height} pixels of ${width}x${height}. Use the same size for both.`,
      );
    }
    // Every layer has a name, under which checkpoints keep its weights, and a seed by that name.
    const convolve = (x: SymbolicTensor, name: string, filters: number): SymbolicTensor =>
      convolution(x, { name, seed, filters, kernel: 3, stride: 1, bias: true });
    const activate = (x: SymbolicTensor, name: string): SymbolicTensor =>
      tf.layers.leakyReLU({ name, alpha: 0.2 }).apply(x) as SymbolicTensor;

    const picture = tf.input({ shape: [height, width, channels], name: "input" });
    let x = activate(convolve(picture, "first_convolution", filters), "first_leaky_relu");
    x = activate(convolve(x, "second_convolution", filters), "second_leaky_relu");
    x = convolve(x, "output_convolution", target.channels);
    // Pictures span -1…1, and so does tanh.
    const outputs = tf.layers.activation({ name: "output", activation: "tanh" })
      .apply(x) as SymbolicTensor;
    return tf.model({ inputs: picture, outputs, name: "my_generator" });
  };
}
