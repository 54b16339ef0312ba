import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { absolute, checkWeights, type Loss, PairlabError, toPlanes } from "../../core/plugin.ts";

/** Options of {@link edges}. */
export interface EdgesOptions {
  /** Factor of the mean. @default 1 */
  readonly weight?: number;
}

// Sobel and Feldman 1968, divided by 8 so that a slope of 1 per pixel gives 1. Last axis: the
// horizontal and the vertical kernel.
const SOBEL = [
  [[-1, -1], [0, -2], [1, -1]],
  [[-2, 0], [0, 0], [2, 0]],
  [[-1, 1], [0, 2], [1, 1]],
].flat(2).map((tap) => tap / 8);

/**
 * The mean absolute difference between the horizontal and vertical slopes of target and fake, by
 * Sobel's operator without padding, times a weight: edges should be as steep as the target's and in
 * the same places. Similar to the gradient difference loss of Mathieu et al. 2016 (equation 6),
 * which compares absolute slopes.
 *
 * Ignores constant differences in brightness and colour. Needs no discriminator.
 *
 * @throws {PairlabError} When used, if the pictures are smaller than 3x3.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { edges } from "./edges.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * // Rises by 0.25 from column to column, and not from row to row.
 * const ramp = tf.tile(tf.reshape(tf.linspace(-1, 1, 9), [1, 1, 9, 1]), [1, 9, 1, 1]);
 * const views = { target: ramp, fake: tf.zeros([1, 9, 9, 1]) } as Views;
 * assertAlmostEquals(edges().generator?.(views).dataSync()[0] ?? NaN, (0.25 + 0) / 2);
 * ```
 */
export function edges({ weight = 1 }: EdgesOptions = {}): Loss {
  checkWeights("edges", { weight });
  return {
    generator: ({ target, fake }) => {
      const slopes = slopesOf(tf.sub(target, fake));
      return tf.mul<Scalar>(tf.mean(absolute(slopes)), weight);
    },
  };
}

/** Horizontal and vertical slopes, `[batch * channels, height - 2, width - 2, 2]`. */
function slopesOf(pictures: Tensor4D): Tensor4D {
  const [, height, width] = pictures.shape;
  if (height < 3 || width < 3) {
    throw new PairlabError(
      `Cannot find edges in pictures of ${width}x${height}. Use at least 3x3.`,
    );
  }
  return tf.conv2d(toPlanes(pictures), tf.tensor4d(SOBEL, [3, 3, 1, 2]), 1, "valid");
}
