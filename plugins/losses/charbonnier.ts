import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import type { Loss } from "../../core/plugin.ts";

/** Options of {@link charbonnier}. */
export interface CharbonnierOptions {
  /** What the mean is multiplied by. @default 100 */
  readonly weight?: number;
  /** About the difference below which it is like L2, above like L1. @default 1e-3 */
  readonly epsilon?: number;
}

/**
 * The mean of sqrt(d² + epsilon²), d being the difference of target and fake, over all pixels,
 * channels and pictures, times a weight: L1 that is smooth around 0 (Charbonnier et al. 1994; with
 * this epsilon in LapSRN, Lai et al. 2017). Looks at no discriminator.
 *
 * @throws {RangeError} If epsilon is not positive: at equal pixels there would be no gradient.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { charbonnier } from "./charbonnier.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const views = { target: tf.fill([1, 8, 8, 3], 0.4), fake: tf.zeros([1, 8, 8, 3]) } as Views;
 * const term = charbonnier({ weight: 1, epsilon: 0.3 }).generator?.(views);
 * assertAlmostEquals(term?.dataSync()[0] ?? NaN, 0.5);
 * ```
 */
export function charbonnier({ weight = 100, epsilon = 1e-3 }: CharbonnierOptions = {}): Loss {
  if (!(epsilon > 0)) {
    throw new RangeError(
      `Cannot smooth by an epsilon of ${epsilon}: more than 0, e.g. 1e-3 would work, or l1() without it`,
    );
  }
  return {
    generator: ({ target, fake }) => {
      const squares = tf.square(tf.sub(target, fake));
      return tf.mul<Scalar>(tf.mean(tf.sqrt(tf.add(squares, epsilon ** 2))), weight);
    },
  };
}
