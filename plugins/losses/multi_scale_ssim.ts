import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import {
  type Loss,
  PairlabError,
  type SimilarityOptions,
  structuralSimilarity,
} from "../../core/plugin.ts";

/** Options of {@link multiScaleSsim}. */
export interface MultiScaleSsimOptions extends Omit<SimilarityOptions, "range"> {
  /** What 1 - MS-SSIM is multiplied by. @default 1 */
  readonly weight?: number;
  /**
   * The exponent of each scale, finest first, each scale half as large as the one before.
   * @default [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] (Wang et al. 2003, section 3.2)
   */
  readonly exponents?: readonly number[];
}

const EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

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
  { weight = 1, exponents = EXPONENTS, ...constants }: MultiScaleSsimOptions = {},
): Loss {
  if (exponents.length === 0) {
    throw new RangeError(
      `Cannot compare at no scale: an exponent for each, e.g. [${
        EXPONENTS.join(", ")
      }], would work`,
    );
  }
  return {
    generator: ({ target, fake }) => {
      checkSize(target, exponents.length, constants.window ?? 11);
      const similarity = multiScaleSimilarity(target, fake, exponents, constants);
      return tf.mul<Scalar>(tf.sub(1, tf.mean(similarity)), weight);
    },
  };
}

/** `[batch, channels]`. */
function multiScaleSimilarity(
  target: Tensor4D,
  fake: Tensor4D,
  exponents: readonly number[],
  constants: SimilarityOptions,
): Tensor {
  let a = target, b = fake;
  const factors = exponents.map((exponent, scale) => {
    if (scale > 0) [a, b] = [halve(a), halve(b)];
    const { similarity, structure } = structuralSimilarity(a, b, constants);
    const factor = scale === exponents.length - 1 ? similarity : structure;
    return tf.pow(tf.maximum(factor, LEAST), exponent);
  });
  return factors.reduce((product, factor) => tf.mul(product, factor));
}

function halve(pictures: Tensor4D): Tensor4D {
  return tf.avgPool(pictures, 2, 2, "valid");
}

function checkSize({ shape: [, height, width] }: Tensor4D, scales: number, window: number): void {
  const extent = Math.min(height, width);
  const least = window * 2 ** (scales - 1);
  if (extent >= least) return;
  const fitting = Math.floor(Math.log2(extent / window)) + 1;
  throw new PairlabError(
    `Cannot compare pictures of ${width}x${height} at ${scales} scales: at least ${least}x${least}${
      fitting >= 1 ? ` or ${fitting} exponents` : " or a smaller window"
    } would work`,
  );
}
