import * as tf from "@tensorflow/tfjs";
import { type Metric, pictureMeans } from "../../core/plugin.ts";

/** Range of values, squared. */
const PEAK = 2 ** 2;

/**
 * Peak signal-to-noise ratio in decibels: 10 log10(peak² / mean squared error), over all pixels and
 * channels of a picture. Infinite where prediction and target are equal; means leave it out.
 *
 * scikit-image's `peak_signal_noise_ratio(target, prediction, data_range=255)` of 8-bit pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { psnr } from "./psnr.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * // A tenth of the range, everywhere.
 * const target = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]), prediction = tf.fill<tf.Rank.R4>([1, 8, 8, 3], 0.2);
 * const values = psnr().measure({ input: target, target, prediction });
 * assertAlmostEquals(values.dataSync()[0] ?? NaN, 20, 1e-4);
 * ```
 */
export function psnr(): Metric {
  return {
    name: "psnr",
    unit: "dB",
    better: "higher",
    measure: ({ prediction, target }) => {
      const error = pictureMeans(tf.squaredDifference(prediction, target));
      return tf.mul(tf.log(tf.div(PEAK, error)), 10 / Math.LN10);
    },
  };
}
