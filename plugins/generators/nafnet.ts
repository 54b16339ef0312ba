import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type Generator, PairlabError } from "../../core/plugin.ts";
import { convolution } from "../layers/convolution.ts";
import { depthwiseConvolution } from "../layers/depthwise_convolution.ts";
import { dropout } from "../layers/dropout.ts";
import { type InitialWeights, kaiming } from "../layers/initializers.ts";
import { layerNorm } from "../layers/layer_norm.ts";
import { pixelShuffle } from "../layers/pixel_shuffle.ts";
import { checkMultiple, checkSameSize } from "../layers/sizes.ts";
import { channelMeans, channelScales, pictureRange, simpleGate } from "./nafnet/layers.ts";

/** Options of {@link nafnet}; the defaults are the authors' for deblurring (GoPro, width 32). */
export interface NafnetOptions {
  /** Channels at full size; each halving doubles them. @default 32 */
  readonly filters?: number;
  /** Blocks of the encoder at each size, full size first. @default [1, 1, 1, 28] */
  readonly encoder?: readonly number[];
  /** Blocks at the smallest size. @default 1 */
  readonly middle?: number;
  /** Blocks of the decoder at each size, smallest first. @default [1, 1, 1, 1] */
  readonly decoder?: readonly number[];
  /** Dropout rate at the end of each branch. @default 0: the network has no noise */
  readonly dropoutRate?: number;
  /** Initial weight of each branch beside its skip. @default 0: a block begins as the identity */
  readonly branchScale?: number;
  /** Adds the input to the output, so that the network learns the difference. @default true */
  readonly residual?: boolean;
  /** Initial weights. @default kaiming({ slope: Math.sqrt(5) }): the variance of Torch's default */
  readonly initializer?: InitialWeights;
}

type Settings = Required<NafnetOptions> & { readonly seed: number };

/**
 * NAFNet (Chen et al. 2022, "Simple Baselines for Image Restoration"): a U-Net of residual blocks
 * without activation functions. Each block has two branches: a depthwise convolution with a simple
 * gate (the product of two halves of the channels) and simplified channel attention, then a gated
 * pointwise layer. Halvings are 2x2 convolutions, doublings pixel shuffles, skips sums.
 *
 * The authors train it with a fidelity loss and no discriminator. Its output is clipped to -1…1, with
 * the gradient passed unclipped. Layers are named `intro_…`, `encoder1_block1_…`, `down1_…`,
 * `middle_block1_…`, `up1_…`, `decoder1_block1_…` and `output_…`.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^(number of sizes).
 * @throws {PairlabError} If the size is not such a multiple, encoder and decoder differ in length, or
 * input and target differ in channels (unless `residual` is false).
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { nafnet } from "./nafnet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 16, width: 32, channels: 3 };
 * const small = nafnet({ filters: 4, encoder: [1, 1], decoder: [1, 1] });
 * assertEquals(small({ input: shape, target: shape }, 23).outputs[0]?.shape, [null, 16, 32, 3]);
 * ```
 */
export function nafnet(options: NafnetOptions = {}): Generator {
  const { encoder = [1, 1, 1, 28], decoder = [1, 1, 1, 1], middle = 1 } = options;
  if (encoder.length !== decoder.length) {
    throw new PairlabError(
      `Cannot build NAFNet: encoder has ${encoder.length} entries, decoder ${decoder.length}. Use as many for both.`,
    );
  }
  if (![...encoder, ...decoder, middle].every((count) => Number.isInteger(count) && count >= 0)) {
    throw new PairlabError(
      `Cannot build NAFNet of ${encoder.join(", ")}, ${middle} and ${
        decoder.join(", ")
      } blocks. Use whole numbers of 0 or more.`,
    );
  }
  return (shape, seed) => {
    checkSameSize("NAFNet", shape);
    checkMultiple("NAFNet", shape.input, 2 ** encoder.length);
    const { height, width, channels } = shape.input;
    const settings: Settings = {
      filters: 32,
      dropoutRate: 0,
      branchScale: 0,
      residual: true,
      initializer: kaiming({ slope: Math.sqrt(5) }),
      ...options,
      encoder,
      middle,
      decoder,
      seed,
    };
    if (settings.residual && channels !== shape.target.channels) {
      throw new PairlabError(
        `Cannot add NAFNet's input of ${channels} channels to its output of ${shape.target.channels}. Use the same number for both, or residual: false.`,
      );
    }
    const input = tf.input({ shape: [height, width, channels], name: "input" });
    const difference = convolve(buildBody(input, settings), "output", settings, {
      filters: shape.target.channels,
      kernel: 3,
    });
    const sum = settings.residual ? add([difference, input], "output_sum") : difference;
    const outputs = pictureRange(sum, "output_range");
    return tf.model({ inputs: input, outputs, name: "nafnet" });
  };
}

function buildBody(input: SymbolicTensor, settings: Settings): SymbolicTensor {
  const { encoder, middle, decoder, filters } = settings;
  const skips: SymbolicTensor[] = [];
  let x = convolve(input, "intro", settings, { filters, kernel: 3 });
  encoder.forEach((count, index) => {
    x = addBlocks(x, `encoder${index + 1}`, count, settings);
    skips.push(x);
    const doubled = filters * 2 ** (index + 1);
    x = convolve(x, `down${index + 1}`, settings, { filters: doubled, kernel: 2, stride: 2 });
  });
  x = addBlocks(x, "middle", middle, settings);
  decoder.forEach((count, index) => {
    const name = `up${index + 1}`;
    // Twice the channels, of which a shuffle makes half of them at twice the size.
    x = convolve(x, name, settings, { filters: 2 * x.shape.at(-1)!, kernel: 1, bias: false });
    x = pixelShuffle(x, { name: `${name}_pixel_shuffle` });
    x = add([x, skips.pop()!], `${name}_sum`);
    x = addBlocks(x, `decoder${index + 1}`, count, settings);
  });
  return x;
}

function addBlocks(
  x: SymbolicTensor,
  part: string,
  count: number,
  settings: Settings,
): SymbolicTensor {
  for (let i = 1; i <= count; i++) x = addBlock(x, `${part}_block${i}`, settings);
  return x;
}

/** The paper's figure 3, (c). */
function addBlock(x: SymbolicTensor, name: string, settings: Settings): SymbolicTensor {
  const { seed, initializer, dropoutRate, branchScale } = settings;
  const filters = x.shape.at(-1)!;
  const pointwise = (x: SymbolicTensor, part: string, filters: number): SymbolicTensor =>
    convolve(x, `${name}_${part}`, settings, { filters, kernel: 1 });
  const norm = (x: SymbolicTensor, part: string): SymbolicTensor =>
    layerNorm()(x, { name: `${name}_${part}`, seed });
  /** Adds the end of a branch to the skip beside it. */
  const join = (skip: SymbolicTensor, branch: SymbolicTensor, part: string): SymbolicTensor => {
    const own = `${name}_${part}`;
    const end = dropoutRate === 0
      ? branch
      : dropout(branch, { name: `${own}_dropout`, seed, rate: dropoutRate });
    return add([skip, channelScales(end, `${own}_scales`, branchScale)], `${own}_sum`);
  };

  let y = pointwise(norm(x, "spatial"), "spatial_in", 2 * filters);
  y = depthwiseConvolution(y, { name: `${name}_depthwise`, seed, initializer });
  y = simpleGate(y, `${name}_spatial_gate`);
  const attention = pointwise(channelMeans(y, `${name}_means`), "attention", filters);
  y = tf.layers.multiply({ name: `${name}_attended` }).apply([y, attention]) as SymbolicTensor;
  const spatial = join(x, pointwise(y, "spatial_out", filters), "spatial");

  y = pointwise(norm(spatial, "channel"), "channel_in", 2 * filters);
  y = pointwise(simpleGate(y, `${name}_channel_gate`), "channel_out", filters);
  return join(spatial, y, "channel");
}

function convolve(
  x: SymbolicTensor,
  name: string,
  { seed, initializer }: Settings,
  shape: {
    readonly filters: number;
    readonly kernel: number;
    readonly stride?: number;
    readonly bias?: boolean;
  },
): SymbolicTensor {
  const options = { stride: 1, bias: true, ...shape };
  return convolution(x, { name: `${name}_convolution`, seed, initializer, ...options });
}

function add(terms: SymbolicTensor[], name: string): SymbolicTensor {
  return tf.layers.add({ name }).apply(terms) as SymbolicTensor;
}
