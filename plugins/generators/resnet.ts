import * as tf from "@tensorflow/tfjs";
import { type Generator, PairlabError } from "../../core/plugin.ts";
import {
  checkHalvings,
  picturePart,
  residualBody,
  type ResidualOptions,
  residualSettings,
} from "../layers/residual.ts";
import { checkSameSize } from "../layers/sizes.ts";

/** Options of {@link resnet}; the defaults are CycleGAN's. */
export interface ResnetOptions extends ResidualOptions {
  /** Residual blocks; CycleGAN has 6 for 128x128, 9 from 256x256 on. @default 9 */
  readonly blocks?: number;
  /** Channels at full size; each halving doubles them. @default 64 */
  readonly filters?: number;
  /** Halvings before the residual blocks. @default 2 */
  readonly halvings?: number;
}

/**
 * The ResNet generator of CycleGAN (Zhu et al. 2017, appendix 7.2, after Johnson et al. 2016):
 * c7s1-64, d128, d256, nine R256, u128, u64, c7s1-3. It works at a quarter of the size, so its
 * receptive field comes from depth; a U-Net's goes down to a single pixel.
 *
 * Layers are named `front_…`, `down1_…`, `residual1_first_…`, `residual1_second_…`, `up1_…` and
 * `output_…`. With `norm: instanceNorm({ bias: true })` the parameter count is that of CycleGAN's
 * PyTorch code.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^halvings.
 * @throws {PairlabError} If the size cannot be halved that often; the message names sizes that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { resnet } from "./resnet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 32, width: 64, channels: 3 };
 * const generator = resnet({ blocks: 2, filters: 4 })({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 32, 64, 3]);
 * ```
 */
export function resnet(
  { blocks = 9, filters = 64, halvings = 2, ...options }: ResnetOptions = {},
): Generator {
  if (!(Number.isInteger(blocks) && blocks >= 0 && Number.isInteger(halvings) && halvings >= 0)) {
    throw new PairlabError(
      `Cannot build a ResNet of ${blocks} blocks and ${halvings} halvings. Use whole numbers, e.g. 9 and 2.`,
    );
  }
  return (shape, seed) => {
    checkSameSize("a ResNet", shape);
    checkHalvings("a ResNet", shape.input, halvings);
    const settings = residualSettings(options, seed);
    const { height, width, channels } = shape.input;
    const input = tf.input({ shape: [height, width, channels], name: "input" });
    const body = residualBody(input, { ...settings, filters, halvings, blocks });
    const outputs = picturePart(body, {
      ...settings,
      name: "output",
      filters: shape.target.channels,
    });
    return tf.model({ inputs: input, outputs, name: "resnet" });
  };
}
