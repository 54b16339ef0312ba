import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import { checkWeights, type Loss } from "../../core/plugin.ts";

/** Options of {@link charbonnier}. */
export interface CharbonnierOptions {
  /** Factor of the mean. @default 100 */
  readonly weight?: number;
  /** Differences well below this count like L2, well above like L1. @default 1e-3 */
  readonly epsilon?: number;
}

/**
 * L1 that is smooth around 0: the mean of sqrt(d² + epsilon²) over all values, with d the difference
 * of target and fake, times a weight (Charbonnier et al. 1994; this epsilon in LapSRN, Lai et al.
 * 2017). Needs no discriminator.
 *
 * @throws {RangeError} If epsilon is not positive: equal pixels would have no gradient.
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
  checkWeights("charbonnier", { weight });
  if (!(epsilon > 0)) {
    throw new RangeError(
      `Cannot smooth by an epsilon of ${epsilon}. Use more than 0, e.g. 1e-3, or l1().`,
    );
  }
  return {
    generator: ({ target, fake }) => {
      const squares = tf.square(tf.sub(target, fake));
      return tf.mul<Scalar>(tf.mean(tf.sqrt(tf.add(squares, epsilon ** 2))), weight);
    },
  };
}
