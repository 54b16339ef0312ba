/** The common part of U-Net and encoder-decoder. */
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
   * Channels after each halving, outermost first; the decoder mirrors them. @default 64, 128, 256,
   * then 512 as often as the picture can be halved: [64, 128, 256, 512, 512, 512, 512, 512] for
   * 256x256
   */
  readonly filters?: readonly number[];
  /** Number of decoder blocks with dropout, innermost first. @default 3 */
  readonly dropout?: number;
  /** Dropout rate. @default 0.5 */
  readonly dropoutRate?: number;
  /** Negative slope of the encoder's leaky ReLU (Keras' default is 0.3). @default 0.2 */
  readonly slope?: number;
  /** Height and width of the encoder's kernels. @default 4 */
  readonly kernel?: number;
  /** Norm after convolutions. @default batchNorm(), with Torch's constants */
  readonly norm?: Norm;
  /**
   * Normalises the innermost features too, as the notebook does. At 1x1 and a batch of one this
   * makes them zero (the paper's erratum). @default false
   */
  readonly innermostNorm?: boolean;
  /** Upsampling of the decoder. @default transposedUpsampling() */
  readonly upsample?: Upsample;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/** The difference between the two. */
export interface HourglassKind {
  /** Name of the model, e.g. `unet`. */
  readonly name: string;
  /** Name with its article, for messages, e.g. `a U-Net`. */
  readonly inWords: string;
  /** Concatenates the encoder's features of each size to the decoder's. */
  readonly skips: boolean;
  /** With skips: ReLU comes after the concatenation. */
  readonly reluOnSkips: boolean;
}

type Settings =
  & Required<HourglassOptions>
  & HourglassKind
  & { readonly seed: number };

/**
 * Builds an encoder that halves the picture repeatedly and a decoder that doubles it back.
 *
 * @returns A network from `[batch, height, width, channels]` to the target's channels, in -1…1.
 * @throws {PairlabError} If the size cannot be halved that often; the message names sizes that can.
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

/** The input of the last upsampling, of half the picture's size. */
function decode(features: readonly SymbolicTensor[], settings: Settings): SymbolicTensor {
  const { seed, norm, upsample, initializer, skips, reluOnSkips } = settings;
  const [innermost, ...others] = features.toReversed() as [SymbolicTensor, ...SymbolicTensor[]];
  // The ReLU of a leaky ReLU is the ReLU.
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
