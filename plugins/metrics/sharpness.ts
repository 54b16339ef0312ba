import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { luminance, type Metric, PairlabError, pictureMeans } from "../../core/plugin.ts";

/** Levels in one unit of -1…1. */
const LEVELS = 127.5;

/** Keeps the ratio of two plain pictures at 1; squared levels, of which photographs have hundreds. */
const LEAST = 1e-6;

/** Variance of the Laplacian of rounding errors, 1/12 in each of 4 neighbours and 16 times in the pixel. */
const ROUNDING = (4 + 16) / 12;

/** Ratios beyond this are noise, however much. */
const LARGEST = 10;

/**
 * Sharpness of a prediction: the variance of the Laplacian (four neighbours less four times the pixel)
 * of its brightness in levels of 0…255, over the pixels that have all neighbours. Pech-Pacheco et al.
 * 2000, section 3.
 *
 * Noise and checkerboards are sharp too; {@link sharpnessRatio} compares with the target.
 *
 * @throws {PairlabError} When used, if the pictures are smaller than 3x3 or neither grey nor RGB.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { sharpness } from "./sharpness.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const plain = tf.ones<tf.Rank.R4>([1, 8, 8, 1]);
 * const values = sharpness().measure({ input: plain, target: plain, prediction: plain });
 * assertEquals(values.dataSync()[0], 0);
 * ```
 */
export function sharpness(): Metric {
  return {
    name: "sharpness",
    unit: "levels²",
    better: "higher",
    measure: ({ prediction }) => laplacianVariance(prediction),
  };
}

/**
 * {@link sharpness} of the prediction divided by that of the target: 1 is best, less is blurred, more
 * is noisy.
 *
 * Ratios above 10 count as 10, so that one picture cannot decide a mean. Where the target has no more
 * structure than rounding makes (5/3 levels²) and the prediction has, the ratio is infinite, and means
 * leave it out.
 *
 * @throws {PairlabError} When used, if the pictures are smaller than 3x3 or neither grey nor RGB.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { sharpnessRatio } from "./sharpness.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const target = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 1], -1, 1, "float32", 23);
 * // Half the contrast has a quarter of the variance.
 * const prediction = tf.div<tf.Tensor4D>(target, 2);
 * const values = sharpnessRatio().measure({ input: target, target, prediction });
 * assertAlmostEquals(values.dataSync()[0] ?? NaN, 0.25, 1e-4);
 * ```
 */
export function sharpnessRatio(): Metric {
  return {
    name: "sharpness-ratio",
    better: 1,
    measure: ({ prediction, target }) => {
      const [own, reference] = [laplacianVariance(prediction), laplacianVariance(target)];
      const ratio = tf.div<Tensor1D>(tf.add(own, LEAST), tf.add(reference, LEAST));
      const isPlain = tf.lessEqual(reference, ROUNDING);
      return tf.where<Tensor1D>(
        tf.logicalAnd(isPlain, tf.greater(own, ROUNDING)),
        tf.fill(ratio.shape, Infinity),
        tf.where(isPlain, tf.onesLike(ratio), tf.minimum(ratio, LARGEST)),
      );
    },
  };
}

function laplacianVariance(pictures: Tensor4D): Tensor1D {
  const [, height, width] = pictures.shape;
  if (height < 3 || width < 3) {
    throw new PairlabError(
      `Cannot measure the sharpness of pictures of ${width}x${height}. Use pictures of at least 3x3.`,
    );
  }
  const levels = tf.mul<Tensor4D>(luminance(pictures), LEVELS);
  const kernel = tf.tensor4d([0, 1, 0, 1, -4, 1, 0, 1, 0], [3, 3, 1, 1]);
  const laplacian = tf.conv2d(levels, kernel, 1, "valid");
  const mean = tf.reshape(pictureMeans(laplacian), [-1, 1, 1, 1]);
  return pictureMeans(tf.squaredDifference(laplacian, mean));
}
