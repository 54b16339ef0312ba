import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type Generator, PairlabError } from "../../core/plugin.ts";
import { attentionGate } from "../layers/attention_gate.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { convolution } from "../layers/convolution.ts";
import { doubling } from "../layers/doubling.ts";
import { dropout } from "../layers/dropout.ts";
import { type InitialWeights, kaiming } from "../layers/initializers.ts";
import type { Norm } from "../layers/norm.ts";
import { checkMultiple, checkSameSize } from "../layers/sizes.ts";

/** Options of {@link attentionUnet}; the defaults are the authors'. */
export interface AttentionUnetOptions {
  /** Channels at each size, full size first; one halving fewer. @default [16, 32, 64, 128, 256] */
  readonly filters?: readonly number[];
  /** Dropout rate after each upsampling but the last. @default 0: the network has no noise */
  readonly dropoutRate?: number;
  /** Norm after convolutions. @default batchNorm(), with Torch's constants */
  readonly norm?: Norm;
  /** Initial weights. @default kaiming() */
  readonly initializer?: InitialWeights;
}

type Settings = Required<AttentionUnetOptions> & { readonly seed: number };

/**
 * The Attention U-Net (Oktay et al. 2018), in two dimensions: a U-Net with max pooling and bilinear
 * upsampling whose skips, but the outermost, pass through attention gates. The next coarser features
 * of the decoder decide what a gate lets through. As in the authors' code, the decoder's features of
 * each size contribute to the output (deep supervision).
 *
 * Layers are named `down1_…`, …, `gate1_…`, …, `up1_…`, … (innermost first) and `output_…`. Convolutions
 * before a norm have no bias, which has no effect there; the authors' have one.
 *
 * @returns A network from `[batch, height, width, channels]` in -1…1 to the target's channels at the
 * same size, a multiple of 2^(number of filters - 1).
 * @throws {PairlabError} If the size is not such a multiple, or there are fewer than two filters.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { attentionUnet } from "./attention_unet.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 16, width: 32, channels: 3 };
 * const generator = attentionUnet({ filters: [2, 4, 8] })({ input: shape, target: shape }, 23);
 * assertEquals(generator.outputs[0]?.shape, [null, 16, 32, 3]);
 * ```
 */
export function attentionUnet(options: AttentionUnetOptions = {}): Generator {
  const { filters = [16, 32, 64, 128, 256] } = options;
  if (filters.length < 2) {
    throw new PairlabError(
      `Cannot build an Attention U-Net: filters has ${
        filters.length === 1 ? "1 entry" : "no entries"
      }. Give two or more, e.g. [16, 32, 64, 128, 256].`,
    );
  }
  return (shape, seed) => {
    checkSameSize("an Attention U-Net", shape);
    checkMultiple("an Attention U-Net", shape.input, 2 ** (filters.length - 1));
    const settings: Settings = {
      dropoutRate: 0,
      norm: batchNorm(),
      initializer: kaiming(),
      ...options,
      filters,
      seed,
    };
    const { height, width, channels } = shape.input;
    const input = tf.input({ shape: [height, width, channels], name: "input" });
    const outputs = supervise(decode(encode(input, settings), settings), settings, {
      channels: shape.target.channels,
    });
    return tf.model({ inputs: input, outputs, name: "attention_unet" });
  };
}

/** The features at each size, full size first. */
function encode(input: SymbolicTensor, settings: Settings): SymbolicTensor[] {
  const features: SymbolicTensor[] = [];
  let x = input;
  settings.filters.forEach((filters, index) => {
    const name = `down${index + 1}`;
    if (index > 0) {
      const pooling = tf.layers.maxPooling2d({ poolSize: 2, name: `${name}_pooling` });
      x = pooling.apply(x) as SymbolicTensor;
    }
    x = addPair(x, name, filters, settings);
    features.push(x);
  });
  return features;
}

/** The decoder's features at each size but the smallest, the smaller first. */
function decode(features: readonly SymbolicTensor[], settings: Settings): SymbolicTensor[] {
  const { seed, initializer, dropoutRate } = settings;
  const [centre, ...skips] = features.toReversed() as [SymbolicTensor, ...SymbolicTensor[]];
  const decoded: SymbolicTensor[] = [];
  let x = centre;
  // The gating signal: the centre through a layer of its own, then the decoder's features.
  let gate = addConvolution(centre, "gating", centre.shape.at(-1)!, 1, settings);
  skips.forEach((skip, index) => {
    const name = `up${index + 1}`, filters = skip.shape.at(-1)!;
    const outermost = index === skips.length - 1;
    let passed = skip;
    if (!outermost) {
      const own = `gate${index + 1}`;
      passed = attentionGate(skip, gate, { name: own, seed, initializer });
      // The authors' gate ends with a linear layer and a norm, and one more layer combines gates.
      passed = addConvolution(passed, `${own}_out`, filters, 1, settings, false);
      passed = addConvolution(passed, `${own}_combined`, filters, 1, settings);
    }
    const upsampled = doubling(x, { name: `${name}_doubling`, interpolation: "bilinear" });
    const joined = tf.layers.concatenate({ name: `${name}_skip` }).apply([passed, upsampled]);
    x = addPair(joined as SymbolicTensor, name, filters, settings);
    if (dropoutRate > 0 && !outermost) {
      x = dropout(x, { name: `${name}_dropout`, seed, rate: dropoutRate });
    }
    decoded.push(x);
    gate = x;
  });
  return decoded;
}

/** The output from the decoder's features of all sizes. */
function supervise(
  decoded: readonly SymbolicTensor[],
  { seed, initializer }: Settings,
  { channels }: { readonly channels: number },
): SymbolicTensor {
  const project = (x: SymbolicTensor, name: string): SymbolicTensor =>
    convolution(x, {
      name,
      seed,
      initializer,
      filters: channels,
      kernel: 1,
      stride: 1,
      bias: true,
    });
  const pictures = decoded.toReversed().map((x, index) => {
    const name = `output${index + 1}`;
    const picture = project(x, `${name}_convolution`);
    if (index === 0) return picture;
    return doubling(picture, {
      name: `${name}_enlarged`,
      interpolation: "bilinear",
      times: 2 ** index,
    });
  });
  const joined = pictures.length === 1
    ? pictures[0]!
    : tf.layers.concatenate({ name: "output_joined" }).apply([...pictures]) as SymbolicTensor;
  const tanh = tf.layers.activation({ activation: "tanh", name: "output_tanh" });
  return tanh.apply(project(joined, "output_convolution")) as SymbolicTensor;
}

/** Two 3x3 convolutions, each with a norm and a ReLU. */
function addPair(
  x: SymbolicTensor,
  name: string,
  filters: number,
  settings: Settings,
): SymbolicTensor {
  const first = addConvolution(x, `${name}_first`, filters, 3, settings);
  return addConvolution(first, `${name}_second`, filters, 3, settings);
}

function addConvolution(
  x: SymbolicTensor,
  name: string,
  filters: number,
  kernel: number,
  { seed, norm, initializer }: Settings,
  relu = true,
): SymbolicTensor {
  const y = convolution(x, {
    name: `${name}_convolution`,
    seed,
    initializer,
    filters,
    kernel,
    stride: 1,
    bias: norm.bias === true,
  });
  const normalised = norm(y, { name, seed });
  return relu
    ? tf.layers.reLU({ name: `${name}_relu` }).apply(normalised) as SymbolicTensor
    : normalised;
}
