/** The parts of generators with residual blocks. */
import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type ImageShape, PairlabError } from "../../core/plugin.ts";
import { convolution } from "./convolution.ts";
import { dropout } from "./dropout.ts";
import { type InitialWeights, normal } from "./initializers.ts";
import { instanceNorm } from "./instance_norm.ts";
import type { Norm } from "./norm.ts";
import { reflectionPadding } from "./reflection_padding.ts";
import { sizeInWords, sizesNear } from "./sizes.ts";
import { transposedUpsampling, type Upsample } from "./upsampling.ts";

/** Options that all such generators have. */
export interface ResidualOptions {
  /** Normalises what convolutions make. @default instanceNorm() */
  readonly norm?: Norm;
  /**
   * How the picture is doubled.
   * @default transposedUpsampling({ kernel: 3, padding: 1 })
   */
  readonly upsample?: Upsample;
  /**
   * The share that each residual block drops out between its convolutions; the paper's own noise,
   * which its PyTorch code has at 0.5 here too. @default 0
   */
  readonly dropoutRate?: number;
  /** How the weights begin. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/** Options with their defaults, and the network's seed. */
export type ResidualSettings = Required<ResidualOptions> & { readonly seed: number };

/** Puts the defaults in. */
export function residualSettings(
  {
    norm = instanceNorm(),
    upsample = transposedUpsampling({ kernel: 3, padding: 1 }),
    dropoutRate = 0,
    initializer = normal(),
  }: ResidualOptions,
  seed: number,
): ResidualSettings {
  return { norm, upsample, dropoutRate, initializer, seed };
}

/** Where a part stands in the network, and what comes out of it. */
export interface PartOptions extends ResidualSettings {
  /** Layers are named after it. */
  readonly name: string;
  /** Channels of the output. */
  readonly filters: number;
}

/** How a convolution of a part is shaped. */
interface Shape {
  readonly kernel: number;
  readonly stride: number;
  /** Mirrored rows and columns on every side, instead of zeros. */
  readonly reflection: number;
}

function convolve(
  x: SymbolicTensor,
  { kernel, stride, reflection }: Shape,
  { name, seed, filters, initializer, bias }: PartOptions & { readonly bias: boolean },
): SymbolicTensor {
  const padded = reflection === 0
    ? x
    : reflectionPadding(x, { name: `${name}_reflection`, padding: reflection });
  return convolution(padded, {
    name: `${name}_convolution`,
    seed,
    filters,
    kernel,
    stride,
    padding: reflection === 0 ? 1 : 0,
    bias,
    initializer,
  });
}

function normalise(x: SymbolicTensor, { norm, name, seed }: PartOptions): SymbolicTensor {
  return norm(x, { name, seed });
}

function relu(x: SymbolicTensor, name: string): SymbolicTensor {
  return tf.layers.reLU({ name: `${name}_relu` }).apply(x) as SymbolicTensor;
}

/** c7s1: a convolution 7x7 with reflection padding, norm, ReLU. */
export function frontPart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const bias = options.norm.bias === true;
  const y = convolve(x, { kernel: 7, stride: 1, reflection: 3 }, { ...options, bias });
  return relu(normalise(y, options), options.name);
}

/** d: a convolution 3x3 that halves height and width, norm, ReLU. */
export function downPart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const bias = options.norm.bias === true;
  const y = convolve(x, { kernel: 3, stride: 2, reflection: 0 }, { ...options, bias });
  return relu(normalise(y, options), options.name);
}

/** u: doubles height and width, norm, ReLU. */
export function upPart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const y = options.upsample(x, { ...options, bias: options.norm.bias === true });
  return relu(normalise(y, options), options.name);
}

/** A convolution 7x7 with reflection padding to a picture in -1…1. */
export function picturePart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const y = convolve(x, { kernel: 7, stride: 1, reflection: 3 }, { ...options, bias: true });
  const tanh = tf.layers.activation({ activation: "tanh", name: `${options.name}_tanh` });
  return tanh.apply(y) as SymbolicTensor;
}

/** R: two convolutions 3x3 with reflection padding and norm, added to what they are given. */
export function residualPart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const { name, seed, dropoutRate } = options;
  const half = (x: SymbolicTensor, which: string): SymbolicTensor => {
    const own = { ...options, name: `${name}_${which}`, bias: options.norm.bias === true };
    return normalise(convolve(x, { kernel: 3, stride: 1, reflection: 1 }, own), own);
  };
  let y = relu(half(x, "first"), `${name}_first`);
  if (dropoutRate > 0) y = dropout(y, { name: `${name}_dropout`, seed, rate: dropoutRate });
  return tf.layers.add({ name: `${name}_sum` }).apply([x, half(y, "second")]) as SymbolicTensor;
}

/** How {@link residualBody} is put together. */
export interface BodyOptions extends ResidualSettings {
  /** Goes before the names of all parts, e.g. `global_`. */
  readonly prefix?: string;
  /** Channels at the picture's full size. */
  readonly filters: number;
  /** How often the picture is halved; each time it has twice the channels. */
  readonly halvings: number;
  /** How many residual blocks there are at the smallest size. */
  readonly blocks: number;
}

/**
 * All but the convolution to the picture: halves, works on the smallest size, doubles.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height, width, filters]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { residualBody, residualSettings } from "./residual.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [16, 8, 3] });
 * const settings = residualSettings({}, 23);
 * const y = residualBody(input, { ...settings, filters: 2, halvings: 2, blocks: 1 });
 * assertEquals(y.shape, [null, 16, 8, 2]);
 * ```
 */
export function residualBody(
  x: SymbolicTensor,
  { prefix = "", filters, halvings, blocks, ...settings }: BodyOptions,
): SymbolicTensor {
  const at = (name: string, halved: number): PartOptions => ({
    ...settings,
    name: prefix + name,
    filters: filters * 2 ** halved,
  });
  let y = frontPart(x, at("front", 0));
  for (let i = 1; i <= halvings; i++) y = downPart(y, at(`down${i}`, i));
  for (let i = 1; i <= blocks; i++) y = residualPart(y, at(`residual${i}`, halvings));
  for (let i = 1; i <= halvings; i++) y = upPart(y, at(`up${i}`, halvings - i));
  return y;
}

/**
 * Checks that a picture can be halved as often, and mirrored where it is smallest.
 *
 * @param network With its article, for messages, e.g. `a ResNet`.
 * @throws {PairlabError} Naming sizes that would work.
 */
export function checkHalvings(network: string, size: ImageShape, halvings: number): void {
  const step = 2 ** halvings;
  // Two rows are mirrored by one beyond each, seven by three.
  const least = Math.max(2, Math.ceil(4 / step));
  const fits = [size.width, size.height]
    .every((extent) => extent % step === 0 && extent / step >= least);
  if (fits) return;
  throw new PairlabError(
    `Cannot build ${network} of ${halvings} halvings for ${sizeInWords(size)}: ${
      sizesNear(size, step, least)
    } would work (multiples of ${step})`,
  );
}
