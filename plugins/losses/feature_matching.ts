import * as tf from "@tensorflow/tfjs";
import { absolute, type Loss, PairlabError } from "../../core/plugin.ts";

/** Options of {@link featureMatching}. */
export interface FeatureMatchingOptions {
  /** What the sum is multiplied by, lambda in pix2pixHD. @default 10 */
  readonly weight?: number;
}

/**
 * The mean absolute difference between what D's layers make of target and of fake, added up over
 * the layers, averaged over the scales of D, times a weight (pix2pixHD, Wang et al. 2018, equation
 * 4; its code takes the mean over the scales where the equation has a sum, and so does this).
 *
 * Needs a discriminator that offers features, e.g. `patchGan({ features: true })`. Trains G alone.
 *
 * @throws {PairlabError} When used, if D offers no features.
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
  return {
    generator: ({ realFeatures, fakeFeatures, fakeLogits }) => {
      if (fakeFeatures.length === 0) {
        throw new PairlabError(
          "Cannot match features: the discriminator offers none, e.g. patchGan({ features: true }) would work",
        );
      }
      const differences = realFeatures.map((real, index) =>
        tf.mean(absolute(tf.sub(real, fakeFeatures[index]!)))
      );
      return tf.mul(tf.addN(differences), weight / fakeLogits.length);
    },
  };
}
