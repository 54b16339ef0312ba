import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import {
  checkExponents,
  fittingScales,
  type Metric,
  MULTI_SCALE_EXPONENTS,
  multiScaleSimilarity,
  type SimilarityOptions,
} from "../../core/plugin.ts";

/** Options of {@link multiScaleSsimIndex}. */
export interface MultiScaleSsimIndexOptions extends Omit<SimilarityOptions, "range" | "black"> {
  /**
   * The exponent of each scale, finest first, each scale half as large as the one before.
   * @default [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] (Wang et al. 2003, section 3.2), as many of
   * them as have room in the picture, then divided by their sum
   */
  readonly exponents?: readonly number[];
}

/**
 * The MS-SSIM index (Wang et al. 2003, equation 7), the mean over the channels: 1 where prediction
 * and target are equal.
 *
 * Equals TensorFlow's `tf.image.ssim_multiscale(target, prediction, max_val=255)` for pictures of at
 * least 176x176. Smaller pictures use fewer scales, so values of different sizes do not compare.
 *
 * @throws {PairlabError} When used, if the window does not fit into the coarsest scale.
 * @throws {RangeError} If `exponents` is empty.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { multiScaleSsimIndex } from "./multi_scale_ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform<tf.Rank.R4>([1, 64, 64, 3], -1, 1, "float32", 23);
 * const views = { input: picture, target: picture, prediction: picture };
 * assertAlmostEquals(multiScaleSsimIndex().measure(views).dataSync()[0] ?? NaN, 1, 1e-5);
 * ```
 */
export function multiScaleSsimIndex(
  { exponents, ...constants }: MultiScaleSsimIndexOptions = {},
): Metric {
  if (exponents !== undefined) checkExponents(exponents);
  return {
    name: "ms-ssim",
    better: "higher",
    measure: ({ prediction, target }) => {
      const similarity = multiScaleSimilarity(prediction, target, {
        ...constants,
        exponents: exponents ?? exponentsFor(target, constants),
      });
      return tf.mean<Tensor1D>(similarity, 1);
    },
  };
}

function exponentsFor(
  { shape: [, height, width] }: Tensor4D,
  { window }: SimilarityOptions,
): readonly number[] {
  // At least one, so that a picture too small for it is rejected with its size.
  const scales = Math.max(1, fittingScales({ height, width }, window));
  if (scales >= MULTI_SCALE_EXPONENTS.length) return MULTI_SCALE_EXPONENTS;
  const used = MULTI_SCALE_EXPONENTS.slice(0, scales);
  const sum = used.reduce((a, b) => a + b);
  return used.map((exponent) => exponent / sum);
}
