import * as tf from "@tensorflow/tfjs";
import { type Metric, pictureMeans } from "../../../mod.ts";

/**
 * The mean squared error of a picture, in squared levels of 0…255, over all its pixels and channels.
 */
export function myMetric(): Metric {
  return {
    // Names it on the command line, in tables and in files.
    name: "myMetric",
    better: "lower",
    // One number for each picture, `[batch]`; a level is 1 / 127.5 in -1…1.
    measure: ({ target, prediction }) =>
      tf.mul(pictureMeans(tf.squaredDifference(target, prediction)), 127.5 ** 2),
  };
}
