/** Building blocks of generators with residual blocks. */
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

/** Options of all such generators. */
export interface ResidualOptions {
  /** Norm after convolutions. @default instanceNorm() */
  readonly norm?: Norm;
  /** Upsampling. @default transposedUpsampling({ kernel: 3, padding: 1 }) */
  readonly upsample?: Upsample;
  /**
   * Dropout rate between the convolutions of each residual block; 0.5 in pix2pix' PyTorch code.
   * @default 0
   */
  readonly dropoutRate?: number;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/** Options with their defaults, and the network's seed. */
export type ResidualSettings = Required<ResidualOptions> & { readonly seed: number };

/** Fills in the defaults. */
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

/** Name and output channels of a part of the network. */
export interface PartOptions extends ResidualSettings {
  /** Prefix of layer names. */
  readonly name: string;
  /** Channels of the output. */
  readonly filters: number;
}

/** Shape of a convolution. */
interface Shape {
  readonly kernel: number;
  readonly stride: number;
  /** Reflection padding on every side; 0 for a zero padding of 1. */
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

/** c7s1: a 7x7 convolution with reflection padding, norm, ReLU. */
export function frontPart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const bias = options.norm.bias === true;
  const y = convolve(x, { kernel: 7, stride: 1, reflection: 3 }, { ...options, bias });
  return relu(normalise(y, options), options.name);
}

/** d: a 3x3 convolution of stride 2, norm, ReLU. */
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

/** The output: a 7x7 convolution with reflection padding, tanh. */
export function picturePart(x: SymbolicTensor, options: PartOptions): SymbolicTensor {
  const y = convolve(x, { kernel: 7, stride: 1, reflection: 3 }, { ...options, bias: true });
  const tanh = tf.layers.activation({ activation: "tanh", name: `${options.name}_tanh` });
  return tanh.apply(y) as SymbolicTensor;
}

/** R: two 3x3 convolutions with reflection padding and norm, added to their input. */
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

/** Options of {@link residualBody}. */
export interface BodyOptions extends ResidualSettings {
  /** Prefix of the names of all parts, e.g. `global_`. */
  readonly prefix?: string;
  /** Channels at full size; each halving doubles them. */
  readonly filters: number;
  /** Number of halvings. */
  readonly halvings: number;
  /** Number of residual blocks, at the smallest size. */
  readonly blocks: number;
}

/**
 * Everything but the output convolution: halvings, residual blocks, doublings.
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
 * Checks that a picture can be halved that often and then still be mirrored.
 *
 * @param network Name with its article, for messages, e.g. `a ResNet`.
 * @throws {PairlabError} If it cannot; the message names sizes that can.
 */
export function checkHalvings(network: string, size: ImageShape, halvings: number): void {
  const step = 2 ** halvings;
  // Reflection needs more rows than it adds: one at the smallest size, three at full size.
  const least = Math.max(2, Math.ceil(4 / step));
  const fits = [size.width, size.height]
    .every((extent) => extent % step === 0 && extent / step >= least);
  if (fits) return;
  throw new PairlabError(
    `Cannot build ${network} of ${halvings} halvings for ${sizeInWords(size)}. Use ${
      sizesNear(size, step, least)
    } (multiples of ${step}).`,
  );
}
