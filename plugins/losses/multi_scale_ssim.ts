import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import {
  checkExponents,
  checkWeights,
  type Loss,
  MULTI_SCALE_EXPONENTS,
  multiScaleSimilarity,
  type SimilarityOptions,
} from "../../core/plugin.ts";

/** Options of {@link multiScaleSsim}. */
export interface MultiScaleSsimOptions
  extends Pick<SimilarityOptions, "window" | "deviation" | "k1" | "k2"> {
  /** Factor of 1 - MS-SSIM. @default 1 */
  readonly weight?: number;
  /**
   * Exponent of each scale, finest first; each scale is half as large as the one before.
   * @default [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] (Wang et al. 2003, section 3.2)
   */
  readonly exponents?: readonly number[];
}

/** Least base of a power: powers have no slope at 0 and no value below. */
const LEAST = 1e-6;

/**
 * 1 - MS-SSIM of target and fake (Wang et al. 2003, equation 7), averaged over channels and pictures,
 * times a weight. As a loss: Zhao et al. 2017, section III-C.
 *
 * As in TensorFlow, MS-SSIM is the product over scales of the mean contrast-structure term (at the
 * coarsest scale, of SSIM), each raised to its exponent; means below 0 count as almost 0. Each scale
 * averages 2x2 pixels of the one before; an odd last row or column is dropped. Pictures span -1…1.
 * Needs no discriminator.
 *
 * @throws {PairlabError} When used, if the window does not fit the coarsest scale: the five default
 * scales need 176x176 pixels.
 * @throws {RangeError} If there are no exponents.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { multiScaleSsim } from "./multi_scale_ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform([1, 32, 32, 3], -1, 1, "float32", 23);
 * const views = { target: picture, fake: picture } as Views;
 * const term = multiScaleSsim({ exponents: [0.5, 0.5] }).generator?.(views);
 * assertAlmostEquals(term?.dataSync()[0] ?? NaN, 0, 1e-5);
 * ```
 */
export function multiScaleSsim(
  { weight = 1, exponents = MULTI_SCALE_EXPONENTS, ...constants }: MultiScaleSsimOptions = {},
): Loss {
  checkWeights("multiScaleSsim", { weight });
  checkExponents(exponents);
  return {
    generator: ({ target, fake }) => {
      const options = { ...constants, exponents, least: LEAST };
      const similarity = multiScaleSimilarity(target, fake, options);
      return tf.mul<Scalar>(tf.sub(1, tf.mean(similarity)), weight);
    },
  };
}
