import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import {
  checkExponents,
  type Loss,
  MULTI_SCALE_EXPONENTS,
  multiScaleSimilarity,
  type SimilarityOptions,
} from "../../core/plugin.ts";

/** Options of {@link multiScaleSsim}. */
export interface MultiScaleSsimOptions
  extends Pick<SimilarityOptions, "window" | "deviation" | "k1" | "k2"> {
  /** What 1 - MS-SSIM is multiplied by. @default 1 */
  readonly weight?: number;
  /**
   * The exponent of each scale, finest first, each scale half as large as the one before.
   * @default [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] (Wang et al. 2003, section 3.2)
   */
  readonly exponents?: readonly number[];
}

/** What is raised to a power; at 0 that has no slope, and a negative number has no power. */
const LEAST = 1e-6;

/**
 * 1 - MS-SSIM of target and fake (Wang et al. 2003, equation 7), the mean over channels and
 * pictures, times a weight. As a loss: Zhao et al. 2017, section III-C.
 *
 * For each channel the product over the scales of the mean factor of contrast and structure, at the
 * coarsest scale of SSIM whole, each raised to its exponent, as in TensorFlow's. A mean below 0
 * counts as nearly 0. Each scale is the mean of the 2x2 pixels of the one before; an odd row or
 * column at the end is left out. Pictures span -1…1. Looks at no discriminator.
 *
 * @throws {PairlabError} When used, if the window does not fit into the coarsest scale: the five
 * of the default need 176x176 pixels.
 * @throws {RangeError} If there is no exponent.
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
  checkExponents(exponents);
  return {
    generator: ({ target, fake }) => {
      const options = { ...constants, exponents, least: LEAST };
      const similarity = multiScaleSimilarity(target, fake, options);
      return tf.mul<Scalar>(tf.sub(1, tf.mean(similarity)), weight);
    },
  };
}
