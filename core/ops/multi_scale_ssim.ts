/** Multi-scale structural similarity (MS-SSIM). */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { type SimilarityOptions, structuralSimilarity } from "./ssim.ts";

/** Options of {@link multiScaleSimilarity}. */
export interface MultiScaleOptions extends SimilarityOptions {
  /** Exponent of each scale, finest first; each scale is half as large as the one before. */
  readonly exponents: readonly number[];
  /** Lower bound of the means: powers have no slope at 0 and no value below. @default 0 */
  readonly least?: number;
}

/** The exponents of Wang et al. 2003, section 3.2. */
export const MULTI_SCALE_EXPONENTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * Multi-scale structural similarity (Wang et al. 2003, equation 7) as in TensorFlow: per channel, the
 * product over scales of the mean contrast-structure term (at the coarsest scale, of SSIM), each
 * raised to its exponent.
 *
 * Each scale averages 2x2 pixels of the one before; an odd last row or column is dropped.
 *
 * @param a `[batch, height, width, channels]`.
 * @param b The same shape.
 * @returns `[batch, channels]`.
 * @throws {PairlabError} If the window does not fit the coarsest scale.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { multiScaleSimilarity } from "./multi_scale_ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform<tf.Rank.R4>([1, 32, 32, 1], -1, 1, "float32", 23);
 * const similarity = multiScaleSimilarity(picture, picture, { exponents: [0.5, 0.5] });
 * assertAlmostEquals(similarity.dataSync()[0] ?? NaN, 1, 1e-5);
 * ```
 */
export function multiScaleSimilarity(
  a: Tensor4D,
  b: Tensor4D,
  { exponents, least = 0, ...constants }: MultiScaleOptions,
): Tensor2D {
  checkSize(a, exponents.length, constants.window ?? 11);
  const factors = exponents.map((exponent, scale) => {
    if (scale > 0) [a, b] = [halve(a), halve(b)];
    const { similarity, structure } = structuralSimilarity(a, b, constants);
    const factor = scale === exponents.length - 1 ? similarity : structure;
    return tf.pow<Tensor2D>(tf.maximum(factor, least), exponent);
  });
  return factors.reduce((product, factor) => tf.mul(product, factor));
}

/**
 * The number of scales, each half as large as the one before, at which a window fits a picture.
 *
 * @example
 * ```ts
 * import { fittingScales } from "./multi_scale_ssim.ts";
 * import { assertEquals } from "@std/assert";
 *
 * // 256, 128, 64, 32 and 16 rows are at least the window's 11.
 * assertEquals(fittingScales({ width: 256, height: 256 }), 5);
 * ```
 */
export function fittingScales(
  { height, width }: { readonly height: number; readonly width: number },
  window = 11,
): number {
  return Math.max(0, Math.floor(Math.log2(Math.min(height, width) / window)) + 1);
}

function halve(pictures: Tensor4D): Tensor4D {
  return tf.avgPool(pictures, 2, 2, "valid");
}

/**
 * Checks the exponents of {@link multiScaleSimilarity}.
 *
 * @throws {RangeError} If there are none.
 *
 * @example
 * ```ts
 * import { checkExponents, MULTI_SCALE_EXPONENTS } from "./multi_scale_ssim.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkExponents(MULTI_SCALE_EXPONENTS);
 * assertThrows(() => checkExponents([]), RangeError, "there are no exponents");
 * ```
 */
export function checkExponents(exponents: readonly number[]): void {
  if (exponents.length > 0) return;
  throw new RangeError(
    `Cannot compare at several scales: there are no exponents. Use one per scale, e.g. [${
      MULTI_SCALE_EXPONENTS.join(", ")
    }].`,
  );
}

function checkSize({ shape: [, height, width] }: Tensor4D, scales: number, window: number): void {
  const fitting = fittingScales({ height, width }, window);
  if (fitting >= scales) return;
  const least = window * 2 ** (scales - 1);
  throw new PairlabError(
    `Cannot compare pictures of ${width}x${height} at ${scales} scales. Use at least ${least}x${least}, or ${
      fitting >= 1 ? `${fitting} exponents` : "a smaller window"
    }.`,
  );
}
