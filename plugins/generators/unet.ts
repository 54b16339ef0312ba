import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import {
  type Generator,
  type ImageShape,
  PairlabError,
  type TaskShape,
} from "../../core/plugin.ts";
import { batchNorm, type BatchNormOptions } from "../layers/batch_norm.ts";
import { convolution, transposedConvolution } from "../layers/convolution.ts";
import { dropout } from "../layers/dropout.ts";

/** Options of {@link unet}; the defaults are the paper's. */
export interface UnetOptions {
  /**
   * Channels after each halving of the picture, outermost first; the decoder mirrors them. As many
   * entries as halvings. @default [64, 128, 256, 512, 512, 512, 512, 512]
   */
  readonly filters?: readonly number[];
  /** How many of the decoder's blocks drop out, innermost first. @default 3 */
  readonly dropout?: number;
  /** The share that they drop. @default 0.5 */
  readonly dropoutRate?: number;
  /** Slope of the encoder's leaky ReLU below 0 (Keras' own default is 0.3). @default 0.2 */
  readonly slope?: number;
  /** Height and width of every kernel. @default 4 */
  readonly kernel?: number;
  /** Constants of batch normalisation, in which frameworks differ. @default Torch's */
  readonly batchNorm?: BatchNormOptions;
  /**
   * Normalises the innermost features too. At 1x1 and a batch of one this makes them zero (the
   * paper's erratum), which the notebook does. @default false
   */
  readonly innermostNorm?: boolean;
  /**
   * The decoder's ReLU acts on all that a transposed convolution is given, as in the paper's code.
   * Without it, it acts on the decoder's own features alone, and what comes from the encoder (the
   * skips, and the innermost features) keeps its negative part (the notebook). @default true
   */
  readonly reluOnSkips?: boolean;
  /** Standard deviation of the initial weights. @default 0.02 */
  readonly deviation?: number;
}

/**
 * The paper's generator (section 6.1.1): an encoder of convolutions that halve the picture, a
 * decoder of transposed ones that double it, and skips that hand the features of each size across.
 *
 * Layers are named from the outside in (`down1_convolution`, …) and back out (`up1_…`, …,
 * `output_…`). Batch normalisation follows every convolution but the first, the innermost and the
 * last; those have a bias instead.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels, of
 * the same height and width, which are multiples of 2^(number of filters).
 * @throws {PairlabError} For a size that cannot be halved as often, naming those that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { unet } from "./unet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 32, width: 64, channels: 3 };
 * const generator = unet({ filters: [8, 16, 32] })({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 32, 64, 3]);
 * ```
 */
export function unet(options: UnetOptions = {}): Generator {
  return (shape, seed) => {
    const settings: Settings = {
      filters: [64, 128, 256, 512, 512, 512, 512, 512],
      dropout: 3,
      dropoutRate: 0.5,
      slope: 0.2,
      kernel: 4,
      batchNorm: {},
      innermostNorm: false,
      reluOnSkips: true,
      deviation: 0.02,
      ...options,
      seed,
    };
    checkSizes(shape, settings.filters.length);
    const { height, width, channels } = shape.input;
    const input = tf.input({ shape: [height, width, channels], name: "input" });
    const decoded = decode(encode(input, settings), settings);
    const output = transposedConvolution(decoded, {
      ...settings,
      name: "output_transposed_convolution",
      filters: shape.target.channels,
      bias: true,
      activation: "tanh",
    });
    return tf.model({ inputs: input, outputs: output, name: "unet" });
  };
}

type Settings = Required<UnetOptions> & { readonly seed: number };

/** The features after each halving, outermost first. */
function encode(input: SymbolicTensor, settings: Settings): SymbolicTensor[] {
  const features: SymbolicTensor[] = [];
  let x = input;
  settings.filters.forEach((filters, index) => {
    const block = `down${index + 1}`;
    const innermost = index === settings.filters.length - 1;
    const normalised = index > 0 && (!innermost || settings.innermostNorm);
    const name = `${block}_convolution`;
    x = convolution(x, { ...settings, name, filters, bias: !normalised });
    if (normalised) x = normalise(x, block, settings);
    const leaky = tf.layers.leakyReLU({ alpha: settings.slope, name: `${block}_leaky_relu` });
    x = leaky.apply(x) as SymbolicTensor;
    features.push(x);
  });
  return features;
}

/** What the last transposed convolution is given: half the picture's size. */
function decode(features: readonly SymbolicTensor[], settings: Settings): SymbolicTensor {
  const { reluOnSkips } = settings;
  const [innermost, ...skips] = features.toReversed() as [SymbolicTensor, ...SymbolicTensor[]];
  // The ReLU of what was leaky is the ReLU of what came before.
  let x = reluOnSkips ? relu(innermost, "innermost") : innermost;
  skips.forEach((skip, index) => {
    const block = `up${index + 1}`;
    const name = `${block}_transposed_convolution`;
    const filters = skip.shape.at(-1)!;
    x = transposedConvolution(x, { ...settings, name, filters, bias: false });
    x = normalise(x, block, settings);
    if (index < settings.dropout) {
      x = dropout(x, { name: `${block}_dropout`, seed: settings.seed, rate: settings.dropoutRate });
    }
    const concatenate = tf.layers.concatenate({ name: `${block}_skip` });
    const join = (own: SymbolicTensor): SymbolicTensor =>
      concatenate.apply([own, skip]) as SymbolicTensor;
    x = reluOnSkips ? relu(join(x), block) : join(relu(x, block));
  });
  return x;
}

function normalise(x: SymbolicTensor, block: string, settings: Settings): SymbolicTensor {
  return batchNorm(x, { ...settings.batchNorm, seed: settings.seed, name: `${block}_batch_norm` });
}

function relu(x: SymbolicTensor, block: string): SymbolicTensor {
  return tf.layers.reLU({ name: `${block}_relu` }).apply(x) as SymbolicTensor;
}

function checkSizes({ input, target }: TaskShape, halvings: number): void {
  if (halvings === 0) {
    throw new PairlabError(
      "Cannot build a U-Net: filters is empty, a number for each halving would work",
    );
  }
  const inWords = (shape: ImageShape): string => `${shape.width}x${shape.height}`;
  if (input.height !== target.height || input.width !== target.width) {
    throw new PairlabError(
      `Cannot build a U-Net from ${inWords(input)} to ${
        inWords(target)
      }: the same size for both would work`,
    );
  }
  const step = 2 ** halvings;
  if (input.height % step === 0 && input.width % step === 0 && input.height * input.width > 0) {
    return;
  }
  const near = (round: (x: number) => number): string => {
    const fit = (extent: number): number => Math.max(round(extent / step), 1) * step;
    return `${fit(input.width)}x${fit(input.height)}`;
  };
  const sizes = [...new Set([near(Math.floor), near(Math.ceil)])].join(" or ");
  // The twos in both extents: as often they can be halved.
  const common = [input.width, input.height].map((extent) => extent & -extent);
  const possible = Math.log2(Math.min(...common));
  throw new PairlabError(
    `Cannot build a U-Net of ${halvings} halvings (filters has ${halvings} entries) for ${
      inWords(input)
    }: ${sizes} would work (multiples of ${step})` +
      (possible >= 1 ? `, or ${possible} ${possible === 1 ? "entry" : "entries"} in filters` : ""),
  );
}
