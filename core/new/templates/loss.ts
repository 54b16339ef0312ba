import * as tf from "@tensorflow/tfjs";
import type { Scalar } from "@tensorflow/tfjs";
import type { Loss } from "../../../mod.ts";

/** Options of {@link myLoss}. */
export interface MyLossOptions {
  /** What the mean is multiplied by. @default 100 */
  readonly weight?: number;
}

/**
 * The mean squared difference of target and fake, over all pixels, channels and pictures, times a
 * weight.
 *
 * @throws {RangeError} If the weight is no number, or negative.
 */
export function myLoss(
  { weight = 100 }: MyLossOptions = {},
): Loss {
  if (!(weight >= 0)) {
    throw new RangeError(`Cannot weigh by ${weight}. Use 0 or more, e.g. 100.`);
  }
  return {
    // The term that G minimises; one for D would be `discriminator: ({ realLogits, … }) => …`.
    generator: ({ target, fake }) =>
      tf.mul<Scalar>(tf.mean(tf.squaredDifference(target, fake)), weight),
  };
}
