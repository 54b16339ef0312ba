/** Averages over the scales of a discriminator. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";

/**
 * The mean of a function of D's logits over patches and pictures per scale, then over scales, so every
 * scale has the same weight.
 *
 * @param scales Logits per scale, `[batch, rows, columns, 1]`.
 * @param of The function of the logits. @default the identity
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
