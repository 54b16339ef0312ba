import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { type InitialWeights, normal } from "./initializers.ts";
import { layerSeed } from "./seed.ts";
import { spectralConvolution, spectralTransposedConvolution } from "./spectral_convolution.ts";

/** Options of both kinds of convolution. */
interface CommonOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
  /** Channels of the output. */
  readonly filters: number;
  /** Height and width of the kernel, or one number for both. @default 4 */
  readonly kernel?: number | readonly [height: number, width: number];
  /** @default 2 */
  readonly stride?: number;
  /** Adds a bias per channel; useless before a norm. */
  readonly bias: boolean;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
  /** Divides the weights by their spectral norm (Miyato et al. 2018). @default false */
  readonly spectral?: boolean;
}

/** Options of {@link convolution}. */
export interface ConvolutionOptions extends CommonOptions {
  /**
   * Zeros on every side (Torch's convention), or `"same"` (TensorFlow's): the output's extent is the
   * input's divided by the stride. @default "same"
   */
  readonly padding?: number | "same";
}

/** Options of {@link transposedConvolution}. */
export interface TransposedConvolutionOptions extends CommonOptions {
  /**
   * Rows and columns to cut off at the start (Torch's convention), or `"same"` (TensorFlow's). As
   * many are cut off at the end as make the output's extent the input's times the stride.
   * @default "same"
   */
  readonly padding?: number | "same";
}

/**
 * A convolution with initial weights N(0, 0.02²) (the paper, section 6.2).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, …, …, filters]`.
 * @throws {RangeError} If `filters` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { convolution } from "./convolution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [32, 32, 3] });
 * const y = convolution(input, { name: "down1_convolution", seed: 23, filters: 64, bias: true });
 * assertEquals(y.shape, [null, 16, 16, 64]);
 * ```
 */
export function convolution(
  x: SymbolicTensor,
  { padding = "same", ...options }: ConvolutionOptions,
): SymbolicTensor {
  const { stride = 2, spectral = false } = options;
  const kernel = bothExtents(options.kernel);
  const fitting = padding === "same" ||
    kernel.every((span, axis) => isSame(x.shape[axis + 1] ?? NaN, span, stride, padding));
  let padded = x;
  if (padding !== "same" && padding > 0 && !fitting) {
    const zeros = tf.layers.zeroPadding2d({
      name: `${options.name}_padding`,
      padding: [[padding, padding], [padding, padding]],
    });
    padded = zeros.apply(x) as SymbolicTensor;
  }
  const settings = { ...layerOptions(options), padding: fitting ? "same" : "valid" } as const;
  const layer = spectral ? spectralConvolution(settings) : tf.layers.conv2d(settings);
  return layer.apply(padded) as SymbolicTensor;
}

/**
 * A transposed convolution (fractionally strided, deconvolution) that multiplies height and width
 * by its stride, with initial weights N(0, 0.02²).
 *
 * Kernel 4 with stride 2 is Torch's `ConvTranspose2d(…, 4, 2, padding=1)`; kernel 3 with padding 1 is
 * `ConvTranspose2d(…, 3, 2, padding=1, output_padding=1)`.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height * stride, width * stride, filters]`.
 * @throws {RangeError} If `filters` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { transposedConvolution } from "./convolution.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const input = tf.input({ shape: [16, 16, 8] });
 * const y = transposedConvolution(input, { name: "up", seed: 23, filters: 4, bias: false });
 * assertEquals(y.shape, [null, 32, 32, 4]);
 * ```
 */
export function transposedConvolution(
  x: SymbolicTensor,
  { padding = "same", ...options }: TransposedConvolutionOptions,
): SymbolicTensor {
  const { stride = 2, spectral = false } = options;
  // Rows and columns beyond the input's extent times the stride.
  const surplus = bothExtents(options.kernel).map((span) => span - stride);
  const fitting = padding === "same" ||
    surplus.every((count) => count >= 0 && Math.floor(count / 2) === padding);
  const settings = { ...layerOptions(options), padding: fitting ? "same" : "valid" } as const;
  const layer = spectral
    ? spectralTransposedConvolution(settings)
    : tf.layers.conv2dTranspose(settings);
  const y = layer.apply(x) as SymbolicTensor;
  if (fitting) return y;
  const [rows, columns] = surplus.map((count): [number, number] => [padding, count - padding]);
  const cut = tf.layers.cropping2D({
    name: `${options.name}_cropping`,
    cropping: [rows!, columns!],
  });
  return cut.apply(y) as SymbolicTensor;
}

function layerOptions(
  { name, seed, filters, kernel, stride = 2, bias, initializer = normal() }: CommonOptions,
) {
  if (!(Number.isInteger(filters) && filters > 0)) {
    throw new RangeError(
      `Cannot build "${name}" with ${filters} filters. Use a whole number of 1 or more.`,
    );
  }
  const ownSeed = layerSeed(seed, name);
  return {
    name,
    filters,
    kernelSize: bothExtents(kernel),
    strides: stride,
    useBias: bias,
    kernelInitializer: initializer(ownSeed),
    seed: ownSeed,
  };
}

function bothExtents(kernel: CommonOptions["kernel"] = 4): [height: number, width: number] {
  return typeof kernel === "number" ? [kernel, kernel] : [...kernel];
}

/** Whether `padding` zeros on both sides equal "same", which needs no padded copy. */
function isSame(extent: number, kernel: number, stride: number, padding: number): boolean {
  const outputs = Math.ceil(extent / stride);
  const total = Math.max((outputs - 1) * stride + kernel - extent, 0);
  const outputsOfPadding = Math.floor((extent + 2 * padding - kernel) / stride) + 1;
  return outputs === outputsOfPadding && Math.floor(total / 2) === padding;
}
