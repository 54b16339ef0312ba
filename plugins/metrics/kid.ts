import {
  featureMetric,
  type FeatureOptions,
  randomStream,
  type SetMetric,
} from "../../core/plugin.ts";
import { kernelDistance } from "./kid/kernel.ts";

/** Options of {@link kid}. */
export interface KidOptions extends FeatureOptions {
  /** How many subsets are drawn; its mean is the distance. @default 100 */
  readonly subsets?: number;
  /** Pictures of a subset; sets that are no larger are taken whole, once. @default 1000 */
  readonly subsetSize?: number;
}

/**
 * Kernel distance of the features of predictions and targets: the unbiased estimate of the squared
 * maximum mean discrepancy by the kernel (x·y / length + 1)³, a mean over random subsets
 * (Bińkowski et al. 2018, section 4). With `inceptionFeatures()`, the network of its authors, this is
 * the Kernel Inception Distance.
 *
 * Unlike {@link fid} it is not biased by the number of pictures, so some hundreds are enough. It is
 * near 0, also below it, where both sets are drawn alike. NaN of fewer than two pictures.
 *
 * @throws {PairlabError} When used, if the network lacks the layer, or does not take such pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { kid } from "./kid.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.globalAveragePooling2d({ inputShape: [2, 2, 1] })],
 * });
 * const set = kid({ network }).start();
 * const target = tf.zeros<tf.Rank.R4>([2, 2, 2, 1]);
 * await set.add({ input: target, target, prediction: tf.onesLike(target) });
 * // (1·1 + 1)³ between predictions, 1 between targets, 1 across.
 * assertAlmostEquals(set.finish(), 8 + 1 - 2, 1e-9);
 * ```
 */
export function kid({ subsets = 100, subsetSize = 1000, ...features }: KidOptions): SetMetric {
  return featureMetric("kid", features, (predictions, targets) => {
    if (targets.length <= subsetSize) return kernelDistance(predictions, targets);
    // The same subsets each time, so that distances compare.
    const random = randomStream(0, "kid");
    const draw = (vectors: readonly Float32Array[]): Float32Array[] =>
      random.shuffle(vectors).slice(0, subsetSize);
    let sum = 0;
    for (let i = 0; i < subsets; i++) sum += kernelDistance(draw(predictions), draw(targets));
    return sum / subsets;
  });
}
