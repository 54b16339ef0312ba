import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import {
  type Discriminator,
  type ImageShape,
  PairlabError,
  type TaskShape,
} from "../../core/plugin.ts";
import { batchNorm, type BatchNormOptions } from "../layers/batch_norm.ts";
import { convolution } from "../layers/convolution.ts";

/** Options of {@link patchGan}; the defaults are the paper's. */
export interface PatchGanOptions {
  /**
   * Pixels on a side of the patch that each logit judges: 1 (PixelGAN), 16, 34, 70, 142 or 286 as
   * in the paper's code; or 94, which is what the notebook's "70x70" is. @default 70
   */
  readonly receptiveField?: number;
  /** Channels of the first block; each next one has twice as many, up to eight times. @default 64 */
  readonly filters?: number;
  /** D sees the input beside the picture (cGAN); otherwise the picture alone. @default true */
  readonly conditional?: boolean;
  /** Slope of the leaky ReLU below 0 (Keras' own default is 0.3). @default 0.2 */
  readonly slope?: number;
  /** Constants of batch normalisation, in which frameworks differ. @default Torch's */
  readonly batchNorm?: BatchNormOptions;
  /** Standard deviation of the initial weights. @default 0.02 */
  readonly deviation?: number;
}

/** One convolution of a discriminator. */
interface Block {
  /** Multiple of the first block's channels; the last block has a single channel instead. */
  readonly widening: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number | "same";
}

/** `halvings` blocks of stride 2, one of stride 1 and the logits: the paper's series. */
function paperBlocks(halvings: number): readonly Block[] {
  return Array.from({ length: halvings + 2 }, (_, index) => ({
    widening: Math.min(2 ** index, 8),
    kernel: 4,
    stride: index < halvings ? 2 : 1,
    padding: 1,
  }));
}

/** The convolutions by the receptive field that they have, the last one to the logits. */
const ARCHITECTURES: ReadonlyMap<number, readonly Block[]> = new Map([
  [1, [1, 2, 1].map((widening) => ({ widening, kernel: 1, stride: 1, padding: 0 }))],
  [16, paperBlocks(1)],
  [34, paperBlocks(2)],
  [70, paperBlocks(3)],
  [94, [
    ...paperBlocks(4).slice(0, 4),
    { widening: 1, kernel: 4, stride: 1, padding: "same" as const },
  ]],
  [142, paperBlocks(4)],
  [286, paperBlocks(5)],
]);

/**
 * The paper's discriminator (section 6.1.2): judges each patch of a picture by itself, as real or
 * made; its loss is the mean over all patches.
 *
 * Batch normalisation follows every convolution but the first and the last; those have a bias
 * instead. Layers are named `block1_convolution`, …, `logits_convolution`.
 *
 * @returns A network from `[input, picture]` (or the picture alone) to logits
 * `[batch, rows, columns, 1]`: 30x30 for 256x256 and a receptive field of 70.
 * @throws {PairlabError} For an unknown receptive field, or pictures too small for it.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { patchGan } from "./patch_gan.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 256, width: 256, channels: 3 };
 * const discriminator = patchGan({ filters: 8 })({ input: shape, target: shape }, 23);
 * assertEquals(discriminator.outputs[0]?.shape, [null, 30, 30, 1]);
 * ```
 */
export function patchGan(options: PatchGanOptions = {}): Discriminator {
  return (shape, seed) => {
    const settings: Settings = {
      receptiveField: 70,
      filters: 64,
      conditional: true,
      slope: 0.2,
      batchNorm: {},
      deviation: 0.02,
      ...options,
      seed,
    };
    const blocks = blocksOf(settings.receptiveField);
    if (settings.conditional) checkSameSize(shape);
    checkSize(shape.target, settings.receptiveField);

    const picture = inputFor(shape.target, "picture");
    const logitsOf = (x: SymbolicTensor): SymbolicTensor =>
      blocks.reduce((x, block, index) => addBlock(x, block, index, settings), x);
    if (!settings.conditional) {
      return tf.model({ inputs: picture, outputs: logitsOf(picture), name: "patch_gan" });
    }
    const input = inputFor(shape.input, "input");
    const both = tf.layers.concatenate({ name: "input_and_picture" }).apply([input, picture]);
    return tf.model({
      inputs: [input, picture],
      outputs: logitsOf(both as SymbolicTensor),
      name: "patch_gan",
    });
  };
}

type Settings = Required<PatchGanOptions> & { readonly seed: number };

function blocksOf(receptiveField: number): readonly Block[] {
  const blocks = ARCHITECTURES.get(receptiveField);
  if (blocks !== undefined) return blocks;
  const known = [...ARCHITECTURES.keys()];
  throw new PairlabError(
    `Cannot build a PatchGAN with a receptive field of ${receptiveField}: ${
      known.slice(0, -1).join(", ")
    } or ${known.at(-1)} would work`,
  );
}

function inputFor({ height, width, channels }: ImageShape, name: string): SymbolicTensor {
  return tf.input({ shape: [height, width, channels], name });
}

function addBlock(
  x: SymbolicTensor,
  { widening, ...block }: Block,
  index: number,
  { receptiveField, filters, slope, ...settings }: Settings,
): SymbolicTensor {
  const last = index === blocksOf(receptiveField).length - 1;
  const name = last ? "logits" : `block${index + 1}`;
  const normalised = index > 0 && !last;
  const convolved = convolution(x, {
    ...settings,
    ...block,
    name: `${name}_convolution`,
    filters: last ? 1 : filters * widening,
    bias: !normalised,
  });
  if (last) return convolved;
  const { seed } = settings;
  const activated = normalised
    ? batchNorm(convolved, { ...settings.batchNorm, seed, name: `${name}_batch_norm` })
    : convolved;
  return tf.layers.leakyReLU({ alpha: slope, name: `${name}_leaky_relu` })
    .apply(activated) as SymbolicTensor;
}

/** How many logits there are along an extent; 0 or less where there is no room for one. */
function logitsAlong(extent: number, blocks: readonly Block[]): number {
  return blocks.reduce(
    (extent, { kernel, stride, padding }) =>
      padding === "same"
        ? Math.ceil(extent / stride)
        : Math.floor((extent + 2 * padding - kernel) / stride) + 1,
    extent,
  );
}

function checkSameSize({ input, target }: TaskShape): void {
  if (input.width === target.width && input.height === target.height) return;
  throw new PairlabError(
    `Cannot judge ${target.width}x${target.height} beside an input of ` +
      `${input.width}x${input.height}: the same size for both, or conditional: false would work`,
  );
}

function checkSize({ width, height }: ImageShape, receptiveField: number): void {
  const extent = Math.min(width, height);
  const fits = (field: number, extent: number): boolean =>
    logitsAlong(extent, blocksOf(field)) >= 1;
  if (fits(receptiveField, extent)) return;
  let least = 1;
  while (!fits(receptiveField, least)) least++;
  const smaller = [...ARCHITECTURES.keys()].filter((field) => fits(field, extent));
  throw new PairlabError(
    `Cannot judge pictures of ${width}x${height} with a receptive field of ${receptiveField}: ` +
      `no logit is left, at least ${least}x${least} or a receptive field of ${
        smaller.join(", ")
      } would work`,
  );
}
