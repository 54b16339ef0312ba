import * as tf from "@tensorflow/tfjs";
import { type Metric, pictureMeans } from "../../core/plugin.ts";

/** Levels in one unit of -1…1. */
const LEVELS = 127.5;

/**
 * Mean absolute error in levels of 0…255, over all pixels and channels of a picture: the paper's L1
 * term (equation 3) in another unit.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { mae } from "./mae.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const black = tf.fill<tf.Rank.R4>([1, 8, 8, 3], -1), white = tf.ones<tf.Rank.R4>([1, 8, 8, 3]);
 * const values = mae().measure({ input: black, target: black, prediction: white });
 * assertAlmostEquals(values.dataSync()[0] ?? NaN, 255, 1e-3);
 * ```
 */
export function mae(): Metric {
  return {
    name: "mae",
    unit: "levels",
    better: "lower",
    measure: ({ prediction, target }) =>
      tf.mul(pictureMeans(tf.abs(tf.sub(prediction, target))), LEVELS),
  };
}
