import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor } from "@tensorflow/tfjs";
import { normal } from "./initializers.ts";
import { layerSeed } from "./seed.ts";

/** What both kinds of convolution are told. */
interface CommonOptions {
  /** The layer's name, unique within the network. */
  readonly name: string;
  /** The network's seed. */
  readonly seed: number;
  /** Channels of the output. */
  readonly filters: number;
  /** Height and width of the kernel. @default 4 */
  readonly kernel?: number;
  /** @default 2 */
  readonly stride?: number;
  /** Adds a bias to each channel; useless before batch normalisation. */
  readonly bias: boolean;
  /** Standard deviation of the initial weights, whose mean is 0. @default 0.02 */
  readonly deviation?: number;
}

/** Options of {@link convolution}. */
export interface ConvolutionOptions extends CommonOptions {
  /**
   * Zeros on every side, as Torch counts them, or `"same"`: as many as make the output's extent the
   * input's divided by the stride, the odd one after (TensorFlow's). @default "same"
   */
  readonly padding?: number | "same";
}

/** Options of {@link transposedConvolution}. */
export interface TransposedConvolutionOptions extends CommonOptions {
  /** Applied to the output. @default "linear" */
  readonly activation?: "linear" | "tanh";
}

/**
 * A convolution whose weights begin as N(0, 0.02²) (the paper's section 6.2).
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, …, …, filters]`.
 * @throws {RangeError} If there is no whole number of filters.
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
  const { kernel = 4, stride = 2 } = options;
  const fitting = padding === "same" ||
    [x.shape[1], x.shape[2]].every((extent) => isSame(extent ?? NaN, kernel, stride, padding));
  let padded = x;
  if (padding !== "same" && padding > 0 && !fitting) {
    const zeros = tf.layers.zeroPadding2d({
      name: `${options.name}_padding`,
      padding: [[padding, padding], [padding, padding]],
    });
    padded = zeros.apply(x) as SymbolicTensor;
  }
  return tf.layers.conv2d({ ...layerOptions(options), padding: fitting ? "same" : "valid" })
    .apply(padded) as SymbolicTensor;
}

/**
 * A transposed convolution (also: fractionally strided, deconvolution) that multiplies height and
 * width by its stride; weights begin as N(0, 0.02²).
 *
 * Kernel 4 and stride 2 are Torch's `ConvTranspose2d(…, 4, 2, padding=1)`.
 *
 * @param x `[batch, height, width, channels]`.
 * @returns `[batch, height * stride, width * stride, filters]`.
 * @throws {RangeError} If there is no whole number of filters.
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
  { activation = "linear", ...options }: TransposedConvolutionOptions,
): SymbolicTensor {
  return tf.layers.conv2dTranspose({ ...layerOptions(options), padding: "same", activation })
    .apply(x) as SymbolicTensor;
}

function layerOptions(
  { name, seed, filters, kernel = 4, stride = 2, bias, deviation = 0.02 }: CommonOptions,
) {
  if (!(Number.isInteger(filters) && filters > 0)) {
    throw new RangeError(
      `Cannot make "${name}" of ${filters} filters: a whole number of 1 or more would work`,
    );
  }
  return {
    name,
    filters,
    kernelSize: kernel,
    strides: stride,
    useBias: bias,
    kernelInitializer: normal({ seed: layerSeed(seed, name), deviation }),
  };
}

/** Whether `padding` zeros on both sides make the same windows as "same", which needs no copy. */
function isSame(extent: number, kernel: number, stride: number, padding: number): boolean {
  const outputs = Math.ceil(extent / stride);
  const total = Math.max((outputs - 1) * stride + kernel - extent, 0);
  const outputsOfPadding = Math.floor((extent + 2 * padding - kernel) / stride) + 1;
  return outputs === outputsOfPadding && Math.floor(total / 2) === padding;
}
