import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { luminance, type Metric, PairlabError, pictureMeans } from "../../core/plugin.ts";

/** Options of {@link gradientSimilarity}. */
export interface GradientSimilarityOptions {
  /** Stabilises the ratio in flat regions, for values in 0…1. @default 170 / 255² */
  readonly constant?: number;
}

// Prewitt's kernels, horizontal and vertical, scaled as in the paper.
const PREWITT = [
  [[1, 1], [0, 1], [-1, 1]],
  [[1, 0], [0, 0], [-1, 0]],
  [[1, -1], [0, -1], [-1, -1]],
].flat(2).map((tap) => tap / 3);

/**
 * Gradient magnitude similarity, the mean over the picture (Xue et al. 2014, equations 2 to 5: GMSM):
 * whether edges are where the target's are, and as strong. 1 where prediction and target are equal.
 *
 * Computed on brightness in 0…1, halved in size by the mean of 2x2 pixels (an odd row or column is
 * left out), with Prewitt's operator and zeros beyond the border, as in the authors' code.
 *
 * @throws {PairlabError} When used, if the pictures are smaller than 2x2 or neither grey nor RGB.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { gradientSimilarity } from "./gradient_similarity.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform<tf.Rank.R4>([1, 16, 16, 3], -1, 1, "float32", 23);
 * const views = { input: picture, target: picture, prediction: picture };
 * assertAlmostEquals(gradientSimilarity().measure(views).dataSync()[0] ?? NaN, 1, 1e-6);
 * ```
 */
export function gradientSimilarity(
  { constant = 170 / 255 ** 2 }: GradientSimilarityOptions = {},
): Metric {
  return {
    name: "gradient-similarity",
    better: "higher",
    measure: ({ prediction, target }) => {
      const a = squaredGradients(prediction), b = squaredGradients(target);
      const product = tf.sqrt(tf.mul(a, b));
      const similarity = tf.div(
        tf.add(tf.mul(product, 2), constant),
        tf.add(tf.add(a, b), constant),
      );
      return pictureMeans(similarity);
    },
  };
}

/** `[batch, height / 2, width / 2, 1]`. */
function squaredGradients(pictures: Tensor4D): Tensor {
  const [, height, width] = pictures.shape;
  if (height < 2 || width < 2) {
    throw new PairlabError(
      `Cannot compare the gradients of pictures of ${width}x${height}. Use pictures of at least 2x2.`,
    );
  }
  const brightness = tf.div<Tensor4D>(tf.add(luminance(pictures), 1), 2);
  const half = tf.avgPool(brightness, 2, 2, "valid");
  const slopes = tf.conv2d(half, tf.tensor4d(PREWITT, [3, 3, 1, 2]), 1, "same");
  return tf.sum(tf.square(slopes), 3, true);
}
