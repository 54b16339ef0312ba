import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { convolution, type Discriminator, PairlabError } from "../../../mod.ts";

/** Options of {@link myDiscriminator}. */
export interface MyDiscriminatorOptions {
  /** Channels between the layers. @default 32 */
  readonly filters?: number;
}

/**
 * A small discriminator of patches, which sees the input beside the picture: two convolutions, so
 * that each logit judges 10x10 pixels.
 *
 * @returns A network from `[input, picture]` to logits `[batch, height / 2, width / 2, 1]`.
 * @throws {PairlabError} If input and picture differ in size.
 */
export function myDiscriminator(
  { filters = 32 }: MyDiscriminatorOptions = {},
): Discriminator {
  return ({ input, target }, seed) => {
    if (input.height !== target.height || input.width !== target.width) {
      throw new PairlabError(
        `Cannot judge ${target.width}x${target.height} pixels beside ${input.width}x${input.height}. Use the same size for both.`,
      );
    }
    // The order of the inputs is fixed: what G was given, then the picture to be judged.
    const inputs = [
      tf.input({ shape: [input.height, input.width, input.channels], name: "input" }),
      tf.input({ shape: [target.height, target.width, target.channels], name: "picture" }),
    ];
    const both = tf.layers.concatenate({ name: "input_and_picture" })
      .apply(inputs) as SymbolicTensor;
    const halved = convolution(both, { name: "block1_convolution", seed, filters, bias: true });
    const activated = tf.layers.leakyReLU({ name: "block1_leaky_relu", alpha: 0.2 })
      .apply(halved) as SymbolicTensor;
    // No activation: losses expect logits. By its name the core knows what they are.
    const outputs = convolution(activated, {
      name: "logits_convolution",
      seed,
      filters: 1,
      stride: 1,
      bias: true,
    });
    return tf.model({ inputs, outputs, name: "my_discriminator" });
  };
}
