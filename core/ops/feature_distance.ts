/** Distances of features, for perceptual metrics. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { pictureMeans } from "./picture_means.ts";

/** Avoids division by 0 for features that are all 0. */
const LEAST = 1e-10;

/**
 * The distance of two feature maps (Zhang et al. 2018, equation 1): channels are scaled to length 1
 * per position, squared differences weighted, summed over channels and averaged over positions.
 *
 * @param a `[batch, …, channels]`.
 * @param b The same shape.
 * @param weight One for all channels, or one for each.
 * @returns `[batch]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { featureDistance } from "./feature_distance.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const a = tf.tensor4d([2, 0], [1, 1, 1, 2]), b = tf.tensor4d([0, 3], [1, 1, 1, 2]);
 * assertEquals(featureDistance(a, b, [0.5, 0.25]).arraySync(), [0.75]);
 * ```
 */
export function featureDistance(
  a: Tensor,
  b: Tensor,
  weight: number | readonly number[],
): Tensor1D {
  const squares = tf.mul(tf.squaredDifference(toUnitLength(a), toUnitLength(b)), [weight].flat());
  return pictureMeans(tf.sum(squares, -1));
}

function toUnitLength(features: Tensor): Tensor {
  return tf.div(features, tf.add(tf.norm(features, "euclidean", -1, true), LEAST));
}
