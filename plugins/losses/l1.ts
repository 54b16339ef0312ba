import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import { absolute, checkWeights, type Loss } from "../../core/plugin.ts";

/** Options of {@link l1}. */
export interface L1Options {
  /** The paper's lambda. @default 100 */
  readonly weight?: number;
}

/**
 * The mean absolute difference of target and fake over all values, times a weight (the paper,
 * equation 3). Needs no discriminator.
 *
 * @example
 * ```ts
 * import { l1 } from "./l1.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(l1().discriminator, undefined);
 * ```
 */
export function l1({ weight = 100 }: L1Options = {}): Loss {
  checkWeights("l1", { weight });
  return {
    generator: ({ target, fake }) =>
      tf.mul<Scalar>(tf.mean(absolute(tf.sub(target, fake))), weight),
  };
}
