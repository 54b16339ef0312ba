import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import { checkWeights, type Loss } from "../../core/plugin.ts";

/** Options of {@link l2}. */
export interface L2Options {
  /** Factor of the mean. @default 100 */
  readonly weight?: number;
}

/**
 * The mean squared difference of target and fake over all values, times a weight. Blurs more than L1
 * (the paper, section 3.1). Needs no discriminator.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { l2 } from "./l2.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const views = { target: tf.ones([1, 8, 8, 3]), fake: tf.fill([1, 8, 8, 3], 0.5) } as Views;
 * assertEquals(l2({ weight: 100 }).generator?.(views).dataSync()[0], 25);
 * ```
 */
export function l2({ weight = 100 }: L2Options = {}): Loss {
  checkWeights("l2", { weight });
  return {
    generator: ({ target, fake }) =>
      tf.mul<Scalar>(tf.mean(tf.square(tf.sub(target, fake))), weight),
  };
}
