/** What all adversarial losses do with D's logits. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";

/**
 * The mean of a function of D's logits over all patches and pictures of each scale, then over the
 * scales, so that a coarse scale counts as much as a fine one.
 *
 * @param scales Logits, `[batch, rows, columns, 1]` for each scale.
 * @param of What is averaged; the logits themselves if left out.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { meanOverScales } from "./scales.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const fine = tf.fill<tf.Rank.R4>([1, 30, 30, 1], 2);
 * const coarse = tf.fill<tf.Rank.R4>([1, 14, 14, 1], -3);
 * assertEquals(meanOverScales([fine, coarse]).dataSync()[0], -0.5);
 * assertEquals(meanOverScales([fine, coarse], tf.square).dataSync()[0], 6.5);
 * ```
 */
export function meanOverScales(
  scales: readonly Tensor4D[],
  of: (logits: Tensor4D) => Tensor = (logits) => logits,
): Scalar {
  const means = scales.map((logits) => tf.mean<Scalar>(of(logits)));
  return tf.div(tf.addN(means), scales.length);
}
