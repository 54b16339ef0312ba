import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import {
  type Discriminator,
  type ImageShape,
  PairlabError,
  type TaskShape,
} from "../../core/plugin.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { convolution } from "../layers/convolution.ts";
import { type InitialWeights, normal } from "../layers/initializers.ts";
import type { Norm } from "../layers/norm.ts";
import { sizeInWords } from "../layers/sizes.ts";
import { type Block, blocksFor } from "./patch_gan/blocks.ts";

/** Options of {@link patchGan}; the defaults are the paper's. */
export interface PatchGanOptions {
  /**
   * Side of the patch that each logit judges, pixels: 1 (PixelGAN), 16, 34, 70, 142 or 286 as in the
   * paper's code; 94, which the notebook's "70x70" really is; or `"image"`: one logit for the whole
   * picture. @default 70
   */
  readonly receptiveField?: number | "image";
  /** Channels of the first block; they double per block, up to eightfold. @default 64 */
  readonly filters?: number;
  /** D sees the input and the picture (cGAN), not the picture alone. @default true */
  readonly conditional?: boolean;
  /** Negative slope of the leaky ReLU (Keras' default is 0.3). @default 0.2 */
  readonly slope?: number;
  /** Norm after convolutions. @default batchNorm(), with Torch's constants */
  readonly norm?: Norm;
  /**
   * Divides each kernel by its spectral norm (Miyato et al. 2018), usually with `norm: none()`.
   * @default false
   */
  readonly spectral?: boolean;
  /** Outputs the features of each block after the logits, for feature matching. @default false */
  readonly features?: boolean;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/**
 * The paper's discriminator (section 6.1.2): classifies each patch of a picture as real or fake.
 *
 * A norm follows every convolution but the first and the last; those have a bias instead. Layers
 * are named `block1_convolution`, …, `logits_convolution`.
 *
 * @returns A network from `[input, picture]` (or the picture alone) to logits
 * `[batch, rows, columns, 1]` (30x30 for 256x256 with a receptive field of 70), and with `features`
 * to the features of each block.
 * @throws {PairlabError} If the receptive field is unknown, or the pictures are too small for it.
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
      norm: batchNorm(),
      spectral: false,
      features: false,
      initializer: normal(),
      ...options,
      seed,
    };
    if (settings.conditional) checkSameSize(shape);
    const blocks = blocksFor(settings.receptiveField, shape.target);

    const picture = inputFor(shape.target, "picture");
    const inputs = settings.conditional ? [inputFor(shape.input, "input"), picture] : [picture];
    const features: SymbolicTensor[] = [];
    let x = settings.conditional
      ? tf.layers.concatenate({ name: "input_and_picture" }).apply(inputs) as SymbolicTensor
      : picture;
    for (const [index, block] of blocks.slice(0, -1).entries()) {
      x = addBlock(x, block, index, settings);
      features.push(x);
    }
    const logits = addLogits(x, blocks.at(-1)!, settings);
    return tf.model({
      inputs,
      outputs: settings.features ? [logits, ...features] : logits,
      name: "patch_gan",
    });
  };
}

type Settings = Required<PatchGanOptions> & { readonly seed: number };

function inputFor({ height, width, channels }: ImageShape, name: string): SymbolicTensor {
  return tf.input({ shape: [height, width, channels], name });
}

function addBlock(
  x: SymbolicTensor,
  { widening, ...block }: Block,
  index: number,
  { filters, norm, slope, seed, spectral, initializer }: Settings,
): SymbolicTensor {
  const name = `block${index + 1}`;
  const normalised = index > 0;
  const convolved = convolution(x, {
    ...block,
    name: `${name}_convolution`,
    seed,
    filters: filters * widening,
    bias: !normalised || norm.bias === true,
    spectral,
    initializer,
  });
  const activated = normalised ? norm(convolved, { name, seed }) : convolved;
  return tf.layers.leakyReLU({ alpha: slope, name: `${name}_leaky_relu` })
    .apply(activated) as SymbolicTensor;
}

function addLogits(
  x: SymbolicTensor,
  { widening: _, ...block }: Block,
  { seed, spectral, initializer }: Settings,
): SymbolicTensor {
  const name = "logits_convolution";
  return convolution(x, { ...block, name, seed, filters: 1, bias: true, spectral, initializer });
}

function checkSameSize({ input, target }: TaskShape): void {
  if (input.width === target.width && input.height === target.height) return;
  throw new PairlabError(
    `Cannot judge ${sizeInWords(target)} beside an input of ${
      sizeInWords(input)
    }. Use the same size for both, or conditional: false.`,
  );
}
