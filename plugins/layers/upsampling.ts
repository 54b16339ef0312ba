import type { SymbolicTensor } from "@tensorflow/tfjs";
import { convolution, transposedConvolution } from "./convolution.ts";
import { doubling, type Interpolation } from "./doubling.ts";
import type { InitialWeights } from "./initializers.ts";
import type { Block } from "./norm.ts";
import { pixelShuffle } from "./pixel_shuffle.ts";

/** A block that upsamples. */
export interface UpsampledBlock extends Block {
  /** Channels of the output. */
  readonly filters: number;
  /** Adds a bias per channel; useless before a norm. */
  readonly bias: boolean;
  /** Initial weights. @default normal(), the paper's N(0, 0.02²) */
  readonly initializer?: InitialWeights;
}

/**
 * A doubling of height and width, the option `upsample` of generators: `transposedUpsampling()`,
 * `resizeUpsampling()`, `subPixelUpsampling()`, or your own function from `[batch, height, width, …]`
 * to `[batch, 2 height, 2 width, filters]`.
 */
export type Upsample = (x: SymbolicTensor, block: UpsampledBlock) => SymbolicTensor;

/** Options of {@link transposedUpsampling}. */
export interface TransposedUpsamplingOptions {
  /** Height and width of the kernel. @default 4 */
  readonly kernel?: number;
  /** Padding in Torch's convention, or "same". @default "same" */
  readonly padding?: number | "same";
}

/**
 * A transposed convolution of stride 2 (the paper, section 6.1.1). An odd kernel covers pixels
 * unevenly, which shows as a checkerboard (Odena et al. 2016).
 *
 * @returns An {@link Upsample}; its layer is named `BLOCK_transposed_convolution`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { transposedUpsampling } from "./upsampling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const block = { name: "up1", seed: 23, filters: 2, bias: false };
 * const y = transposedUpsampling()(tf.input({ shape: [4, 8, 3] }), block);
 * assertEquals(y.shape, [null, 8, 16, 2]);
 * ```
 */
export function transposedUpsampling(options: TransposedUpsamplingOptions = {}): Upsample {
  return (x, block) =>
    transposedConvolution(x, {
      ...block,
      ...options,
      name: `${block.name}_transposed_convolution`,
    });
}

/** Options of {@link resizeUpsampling}. */
export interface ResizeUpsamplingOptions {
  /** @default "nearest" */
  readonly interpolation?: Interpolation;
  /** Height and width of the kernel. @default 3 */
  readonly kernel?: number;
}

/**
 * Interpolation, then a convolution of stride 1: no checkerboards, because pixels are covered evenly
 * (Odena et al. 2016).
 *
 * @returns An {@link Upsample}; its layers are named `BLOCK_doubling` and `BLOCK_convolution`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { resizeUpsampling } from "./upsampling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const upsample = resizeUpsampling({ interpolation: "bilinear" });
 * const block = { name: "up1", seed: 23, filters: 2, bias: false };
 * assertEquals(upsample(tf.input({ shape: [4, 8, 3] }), block).shape, [null, 8, 16, 2]);
 * ```
 */
export function resizeUpsampling(
  { interpolation = "nearest", kernel = 3 }: ResizeUpsamplingOptions = {},
): Upsample {
  return (x, block) => {
    const doubled = doubling(x, { name: `${block.name}_doubling`, interpolation });
    return convolution(doubled, { ...block, name: `${block.name}_convolution`, kernel, stride: 1 });
  };
}

/** Options of {@link subPixelUpsampling}. */
export interface SubPixelUpsamplingOptions {
  /** Height and width of the kernel. @default 3 */
  readonly kernel?: number;
}

/**
 * A convolution of stride 1 to four times the channels, then a pixel shuffle (Shi et al. 2016).
 *
 * @returns An {@link Upsample}; its layers are named `BLOCK_convolution` and `BLOCK_pixel_shuffle`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { subPixelUpsampling } from "./upsampling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const block = { name: "up1", seed: 23, filters: 2, bias: false };
 * const y = subPixelUpsampling()(tf.input({ shape: [4, 8, 3] }), block);
 * assertEquals(y.shape, [null, 8, 16, 2]);
 * ```
 */
export function subPixelUpsampling({ kernel = 3 }: SubPixelUpsamplingOptions = {}): Upsample {
  return (x, block) => {
    const name = `${block.name}_convolution`;
    const filters = 4 * block.filters;
    const y = convolution(x, { ...block, name, filters, kernel, stride: 1 });
    return pixelShuffle(y, { name: `${block.name}_pixel_shuffle` });
  };
}
