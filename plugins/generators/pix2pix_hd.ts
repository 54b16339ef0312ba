import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type Generator, PairlabError } from "../../core/plugin.ts";
import { averagePooling } from "../layers/average_pooling.ts";
import {
  checkHalvings,
  downPart,
  frontPart,
  picturePart,
  residualBody,
  type ResidualOptions,
  residualPart,
  type ResidualSettings,
  residualSettings,
  upPart,
} from "../layers/residual.ts";
import { checkSameSize } from "../layers/sizes.ts";

/** Options of {@link pix2pixHd}; the defaults are the paper's. */
export interface Pix2pixHdOptions extends ResidualOptions {
  /** Number of local enhancers, each doubling the size; 0: the global generator only. @default 1 */
  readonly enhancers?: number;
  /** Channels at full size. @default 64 / 2^enhancers, so that G1 begins with 64 */
  readonly filters?: number;
  /** Halvings in the global generator. @default 4 */
  readonly halvings?: number;
  /** Residual blocks in the global generator. @default 9 */
  readonly blocks?: number;
  /** Residual blocks in each enhancer. @default 3 */
  readonly enhancerBlocks?: number;
}

/**
 * The coarse-to-fine generator of pix2pixHD (Wang et al. 2018, section 3.1 and appendix): a global
 * generator G1 with residual blocks sees the picture at half size; a local enhancer G2 adds G1's last
 * features to its own at full size.
 *
 * Both are trained together; the paper trains G1 first. The paper's discriminator is
 * `multiScale({ scales: 3 })`. Layers are named `global_front_…`, …, `enhancer1_front_…`, … and
 * `output_…`. With `norm: instanceNorm({ bias: true })` the parameter count is that of NVIDIA's code.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^(halvings + enhancers).
 * @throws {PairlabError} If the size cannot be halved that often; the message names sizes that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { pix2pixHd } from "./pix2pix_hd.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 64, width: 128, channels: 3 };
 * const narrow = { filters: 2, blocks: 1, enhancerBlocks: 1 };
 * const generator = pix2pixHd(narrow)({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 64, 128, 3]);
 * ```
 */
export function pix2pixHd(
  {
    enhancers = 1,
    filters = 64 / 2 ** enhancers,
    halvings = 4,
    blocks = 9,
    enhancerBlocks = 3,
    ...options
  }: Pix2pixHdOptions = {},
): Generator {
  for (const [name, count] of Object.entries({ enhancers, halvings, blocks, enhancerBlocks })) {
    if (Number.isInteger(count) && count >= 0) continue;
    throw new PairlabError(
      `Cannot build pix2pixHD's generator: ${name} is ${count}. Use a whole number of 0 or more.`,
    );
  }
  return (shape, seed) => {
    checkSameSize("pix2pixHD's generator", shape);
    checkHalvings("pix2pixHD's generator", shape.input, halvings + enhancers);
    const settings = residualSettings(options, seed);
    const { height, width, channels } = shape.input;
    const input = tf.input({ shape: [height, width, channels], name: "input" });

    // The picture at each size, the smallest first.
    const pictures = [input];
    for (let i = enhancers; i >= 1; i--) {
      pictures.unshift(averagePooling(pictures[0]!, { name: `enhancer${i}_pooling` }));
    }
    const [smallest, ...larger] = pictures as [SymbolicTensor, ...SymbolicTensor[]];
    const coarse = residualBody(smallest, {
      ...settings,
      prefix: "global_",
      filters: filters * 2 ** enhancers,
      halvings,
      blocks,
    });
    const fine = larger.reduce((coarser, picture, index) =>
      enhance(picture, coarser, {
        ...settings,
        name: `enhancer${index + 1}`,
        filters: filters * 2 ** (enhancers - index - 1),
        blocks: enhancerBlocks,
      }), coarse);
    const outputs = picturePart(fine, {
      ...settings,
      name: "output",
      filters: shape.target.channels,
    });
    return tf.model({ inputs: input, outputs, name: "pix2pix_hd" });
  };
}

/** A local enhancer: adds the coarser features to those of the halved picture, then doubles. */
function enhance(
  picture: SymbolicTensor,
  coarser: SymbolicTensor,
  { name, filters, blocks, ...settings }: ResidualSettings & {
    readonly name: string;
    readonly filters: number;
    readonly blocks: number;
  },
): SymbolicTensor {
  const part = (which: string, filters: number) => ({
    ...settings,
    name: `${name}_${which}`,
    filters,
  });
  const own = downPart(frontPart(picture, part("front", filters)), part("down", 2 * filters));
  const sum = tf.layers.add({ name: `${name}_sum` });
  let y = sum.apply([own, coarser]) as SymbolicTensor;
  for (let i = 1; i <= blocks; i++) y = residualPart(y, part(`residual${i}`, 2 * filters));
  return upPart(y, part("up", filters));
}
