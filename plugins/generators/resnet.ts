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
  /** How many residual blocks: CycleGAN has 6 for 128x128, 9 for 256x256 and more. @default 9 */
  readonly blocks?: number;
  /** Channels at the picture's full size; each halving doubles them. @default 64 */
  readonly filters?: number;
  /** How often the picture is halved before the residual blocks. @default 2 */
  readonly halvings?: number;
}

/**
 * The generator with residual blocks of CycleGAN (Zhu et al. 2017, appendix 7.2, after Johnson et
 * al. 2016): c7s1-64, d128, d256, R256 nine times, u128, u64, c7s1-3. It works at a quarter of the
 * size and sees the whole picture only through its depth, where a U-Net goes down to a pixel.
 *
 * Layers are named `front_…`, `down1_…`, `residual1_first_…`, `residual1_second_…`, `up1_…` and
 * `output_…`. With `norm: instanceNorm({ bias: true })` its parameters are as many as in CycleGAN's
 * PyTorch code.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels, of
 * the same height and width, which are multiples of 2^halvings.
 * @throws {PairlabError} For a size that cannot be halved as often, naming those that can.
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
      `Cannot build a ResNet of ${blocks} blocks and ${halvings} halvings: whole numbers would work, e.g. 9 and 2`,
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
