import * as tf from "@tensorflow/tfjs";
import type { Tensor1D } from "@tensorflow/tfjs";
import { type Metric, type SimilarityOptions, structuralSimilarity } from "../../core/plugin.ts";

/** Options of {@link ssimIndex}, with the defaults of Wang et al. 2004. */
export type SsimIndexOptions = Omit<SimilarityOptions, "range" | "black">;

/**
 * The SSIM index (Wang et al. 2004, equation 13), the mean over all windows within the picture and
 * over its channels: 1 where prediction and target are equal.
 *
 * Equals scikit-image's `structural_similarity(target, prediction, channel_axis=-1, data_range=255,
 * gaussian_weights=True, use_sample_covariance=False)`, and TensorFlow's `tf.image.ssim`.
 * scikit-image's own default is `{ window: 7, weights: "uniform", sampleCovariance: true }`.
 *
 * @throws {PairlabError} When used, if the window does not fit into the pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { ssimIndex } from "./ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform<tf.Rank.R4>([2, 16, 16, 3], -1, 1, "float32", 23);
 * const values = ssimIndex().measure({ input: picture, target: picture, prediction: picture });
 * assertAlmostEquals(values.dataSync()[1] ?? NaN, 1, 1e-5);
 * ```
 */
export function ssimIndex(options: SsimIndexOptions = {}): Metric {
  return {
    name: "ssim",
    better: "higher",
    measure: ({ prediction, target }) =>
      tf.mean<Tensor1D>(
        structuralSimilarity(prediction, target, options).similarity,
        1,
      ),
  };
}
