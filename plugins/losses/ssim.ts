import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import {
  checkWeights,
  type Loss,
  type SimilarityOptions,
  structuralSimilarity,
} from "../../core/plugin.ts";

/** Options of {@link ssim}; the constants' defaults are those of Wang et al. 2004. */
export interface SsimOptions extends Pick<SimilarityOptions, "window" | "deviation" | "k1" | "k2"> {
  /** Factor of 1 - SSIM. @default 1 */
  readonly weight?: number;
}

/**
 * 1 - SSIM of target and fake (Wang et al. 2004, equation 13), averaged over windows, channels and
 * pictures, times a weight. As a loss: Zhao et al. 2017, section III-B.
 *
 * Between 0, for equal pictures, and 2. Pictures span -1…1. Needs no discriminator.
 *
 * @throws {PairlabError} When used, if the pictures are smaller than the window.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { ssim } from "./ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform([1, 16, 16, 3], -1, 1, "float32", 23);
 * const views = { target: picture, fake: picture } as Views;
 * assertAlmostEquals(ssim().generator?.(views).dataSync()[0] ?? NaN, 0, 1e-5);
 * ```
 */
export function ssim({ weight = 1, ...constants }: SsimOptions = {}): Loss {
  checkWeights("ssim", { weight });
  return {
    generator: ({ target, fake }) => {
      const { similarity } = structuralSimilarity(target, fake, constants);
      return tf.mul<Scalar>(tf.sub(1, tf.mean(similarity)), weight);
    },
  };
}
