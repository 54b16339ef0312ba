/** What the U-Net and the encoder-decoder have in common. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { TaskShape } from "../../core/plugin.ts";
import { batchNorm } from "./batch_norm.ts";
import { convolution } from "./convolution.ts";
import { dropout } from "./dropout.ts";
import { filtersFor } from "./halvings.ts";
import { type InitialWeights, normal } from "./initializers.ts";
import type { Block, Norm } from "./norm.ts";
import { checkSameSize } from "./sizes.ts";
import { transposedUpsampling, type Upsample } from "./upsampling.ts";

/** Options of both; the defaults are the paper's. */
export interface HourglassOptions {
  /**
   * Channels after each halving of the picture, outermost first; the decoder mirrors them. As many
   * entries as halvings. @default 64, 128, 256, then 512 as often as the picture can be halved, for
   * 256x256 [64, 128, 256, 512, 512, 512, 512, 512]
   */
  readonly filters?: readonly number[];
  /** How many of the decoder's blocks drop out, innermost first. @default 3 */
  readonly dropout?: number;
  /** The share that they drop. @default 0.5 */
  readonly dropoutRate?: number;
  /** Slope of the encoder's leaky ReLU below 0 (Keras' own default is 0.3). @default 0.2 */
  readonly slope?: number;
  /** Height and width of the encoder's kernels. @default 4 */
  readonly kernel?: number;
  /** Normalises what convolutions make. @default batchNorm(), with Torch's constants */
  readonly norm?: Norm;
  /**
   * Normalises the innermost features too. At 1x1 and a batch of one this makes them zero (the
   * paper's erratum), which the notebook does. @default false
   */
  readonly innermostNorm?: boolean;
  /** How the decoder doubles the picture. @default transposedUpsampling() */
  readonly upsample?: Upsample;
  /** How the weights begin. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/** What the two differ in. */
export interface HourglassKind {
  /** Of the model, e.g. `unet`. */
  readonly name: string;
  /** With its article, for messages, e.g. `a U-Net`. */
  readonly inWords: string;
  /** Hands the features of each size across. */
  readonly skips: boolean;
  /** Where skips are handed across, ReLU comes after the concatenation. */
  readonly reluOnSkips: boolean;
}

type Settings =
  & Required<HourglassOptions>
  & HourglassKind
  & { readonly seed: number };

/**
 * Builds an encoder of convolutions that halve the picture and a decoder that doubles it.
 *
 * @returns A network from `[batch, height, width, channels]` to the target's channels, in -1…1.
 * @throws {PairlabError} For a size that cannot be halved as often, naming those that can.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { buildHourglass } from "./hourglass.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const kind = { name: "small", inWords: "a small one", skips: false, reluOnSkips: false };
 * const shape = { height: 8, width: 16, channels: 1 };
 * const model = buildHourglass({ input: shape, target: shape }, 23, kind, { filters: [2, 4] });
 * assertEquals(model.outputs[0]?.shape, [null, 8, 16, 1]);
 * ```
 */
export function buildHourglass(
  shape: TaskShape,
  seed: number,
  kind: HourglassKind,
  options: HourglassOptions,
): LayersModel {
  checkSameSize(kind.inWords, shape);
  const settings: Settings = {
    dropout: 3,
    dropoutRate: 0.5,
    slope: 0.2,
    kernel: 4,
    norm: batchNorm(),
    innermostNorm: false,
    upsample: transposedUpsampling(),
    initializer: normal(),
    ...options,
    filters: filtersFor(kind.inWords, shape.input, options.filters),
    ...kind,
    seed,
  };
  const { height, width, channels } = shape.input;
  const input = tf.input({ shape: [height, width, channels], name: "input" });
  const decoded = decode(encode(input, settings), settings);
  const { initializer } = settings;
  const picture = settings.upsample(decoded, {
    name: "output",
    seed,
    filters: shape.target.channels,
    bias: true,
    initializer,
  });
  const tanh = tf.layers.activation({ activation: "tanh", name: "output_tanh" });
  const output = tanh.apply(picture) as SymbolicTensor;
  return tf.model({ inputs: input, outputs: output, name: kind.name });
}

/** The features after each halving, outermost first. */
function encode(input: SymbolicTensor, settings: Settings): SymbolicTensor[] {
  const { seed, norm, kernel, initializer, slope } = settings;
  const features: SymbolicTensor[] = [];
  let x = input;
  settings.filters.forEach((filters, index) => {
    const block: Block = { name: `down${index + 1}`, seed };
    const innermost = index === settings.filters.length - 1;
    const normalised = index > 0 && (!innermost || settings.innermostNorm);
    x = convolution(x, {
      name: `${block.name}_convolution`,
      seed,
      filters,
      kernel,
      bias: !normalised || norm.bias === true,
      initializer,
    });
    if (normalised) x = norm(x, block);
    const leaky = tf.layers.leakyReLU({ alpha: slope, name: `${block.name}_leaky_relu` });
    x = leaky.apply(x) as SymbolicTensor;
    features.push(x);
  });
  return features;
}

/** What the last upsampling is given: half the picture's size. */
function decode(features: readonly SymbolicTensor[], settings: Settings): SymbolicTensor {
  const { seed, norm, upsample, initializer, skips, reluOnSkips } = settings;
  const [innermost, ...others] = features.toReversed() as [SymbolicTensor, ...SymbolicTensor[]];
  // The ReLU of what was leaky is the ReLU of what came before.
  let x = reluOnSkips || !skips ? relu(innermost, "innermost") : innermost;
  others.forEach((other, index) => {
    const block: Block = { name: `up${index + 1}`, seed };
    const filters = other.shape.at(-1)!;
    x = upsample(x, { ...block, filters, bias: norm.bias === true, initializer });
    x = norm(x, block);
    if (index < settings.dropout) {
      x = dropout(x, { name: `${block.name}_dropout`, seed, rate: settings.dropoutRate });
    }
    if (!skips) {
      x = relu(x, block.name);
      return;
    }
    const concatenate = tf.layers.concatenate({ name: `${block.name}_skip` });
    const join = (own: SymbolicTensor): SymbolicTensor =>
      concatenate.apply([own, other]) as SymbolicTensor;
    x = reluOnSkips ? relu(join(x), block.name) : join(relu(x, block.name));
  });
  return x;
}

function relu(x: SymbolicTensor, block: string): SymbolicTensor {
  return tf.layers.reLU({ name: `${block}_relu` }).apply(x) as SymbolicTensor;
}
