import * as tf from "@tensorflow/tfjs";
import { absolute, checkWeights, type Loss, PairlabError } from "../../core/plugin.ts";

/** Options of {@link featureMatching}. */
export interface FeatureMatchingOptions {
  /** Factor of the sum, pix2pixHD's lambda. @default 10 */
  readonly weight?: number;
}

/**
 * The mean absolute difference between D's features of target and fake, summed over layers, averaged
 * over scales, times a weight (pix2pixHD, Wang et al. 2018, equation 4; averaged over scales as in
 * its code, where the equation sums).
 *
 * Needs a discriminator that outputs features, e.g. `patchGan({ features: true })`. Trains G only.
 *
 * @throws {PairlabError} When used, if D outputs no features.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { featureMatching } from "./feature_matching.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const views = {
 *   realFeatures: [tf.ones([1, 8, 8, 16]), tf.ones([1, 4, 4, 32])],
 *   fakeFeatures: [tf.zeros([1, 8, 8, 16]), tf.zeros([1, 4, 4, 32])],
 *   fakeLogits: [tf.zeros([1, 2, 2, 1])],
 * } as unknown as Views;
 * assertEquals(featureMatching({ weight: 10 }).generator?.(views).dataSync()[0], 20);
 * ```
 */
export function featureMatching({ weight = 10 }: FeatureMatchingOptions = {}): Loss {
  checkWeights("featureMatching", { weight });
  return {
    generator: ({ realFeatures, fakeFeatures, fakeLogits }) => {
      if (fakeFeatures.length === 0) {
        throw new PairlabError(
          "Cannot match features: the discriminator outputs none. Use e.g. patchGan({ features: true }).",
        );
      }
      const differences = realFeatures.map((real, index) =>
        tf.mean(absolute(tf.sub(real, fakeFeatures[index]!)))
      );
      return tf.mul(tf.addN(differences), weight / fakeLogits.length);
    },
  };
}
