import { featureMetric, type FeatureOptions, type SetMetric } from "../../core/plugin.ts";
import { frechetDistance } from "./fid/frechet.ts";

/** Options of {@link fid}. */
export type FidOptions = FeatureOptions;

/**
 * Fréchet distance between Gaussians fitted to the features of all predictions and of all targets
 * (Heusel et al. 2017, equation 6). With `inceptionFeatures()`, the network of its authors, this is the
 * Fréchet Inception Distance. 0 where the sets are equal.
 *
 * The number of pictures biases it: use thousands, and compare equal numbers and networks only.
 * NaN of fewer than two pictures.
 *
 * @throws {PairlabError} When used, if the network lacks the layer, or does not take such pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fid } from "./fid.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.globalAveragePooling2d({ inputShape: [4, 4, 3] })],
 * });
 * const target = tf.randomUniform<tf.Rank.R4>([8, 4, 4, 3], -1, 1, "float32", 23);
 * const set = fid({ network }).start();
 * // All of them brighter by 0.5, in three channels.
 * await set.add({ input: target, target, prediction: tf.add(target, 0.5) });
 * assertAlmostEquals(set.finish(), 3 * 0.5 ** 2, 1e-5);
 * ```
 */
export function fid(options: FidOptions): SetMetric {
  return featureMetric("fid", options, frechetDistance);
}
