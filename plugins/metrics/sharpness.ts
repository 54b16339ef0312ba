import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { luminance, type Metric, PairlabError, pictureMeans } from "../../core/plugin.ts";

/** Levels in one unit of -1…1. */
const LEVELS = 127.5;

/** Keeps the ratio of two plain pictures at 1; in squared levels, where photographs have hundreds. */
const LEAST = 1e-6;

/**
 * How sharp a prediction is: the variance of the Laplacian (four neighbours less four times the
 * pixel) of its brightness in levels of 0…255, over the pixels that have all neighbours.
 * Pech-Pacheco et al. 2000, section 3.
 *
 * Noise and checkerboards are sharp, too: whether a prediction is as sharp as it should be says
 * {@link sharpnessRatio}.
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
 * {@link sharpness} of the prediction divided by that of the target: 1 is best, less is blurred,
 * more is noisy.
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
    measure: ({ prediction, target }) =>
      tf.div<Tensor1D>(
        tf.add(laplacianVariance(prediction), LEAST),
        tf.add(laplacianVariance(target), LEAST),
      ),
  };
}

function laplacianVariance(pictures: Tensor4D): Tensor1D {
  const [, height, width] = pictures.shape;
  if (height < 3 || width < 3) {
    throw new PairlabError(
      `Cannot tell how sharp pictures of ${width}x${height} are: at least 3x3 would work`,
    );
  }
  const levels = tf.mul<Tensor4D>(luminance(pictures), LEVELS);
  const kernel = tf.tensor4d([0, 1, 0, 1, -4, 1, 0, 1, 0], [3, 3, 1, 1]);
  const laplacian = tf.conv2d(levels, kernel, 1, "valid");
  const mean = tf.reshape(pictureMeans(laplacian), [-1, 1, 1, 1]);
  return pictureMeans(tf.squaredDifference(laplacian, mean));
}
