import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { checkWeights, type Loss, meanOverScales } from "../../core/plugin.ts";

/** Options of {@link leastSquares}. */
export interface LeastSquaresOptions {
  /** Weight of G's term; 0.5 in Mao et al., 1 in the CycleGAN repository. @default 1 */
  readonly weight?: number;
  /** Weight of D's term. @default 0.5 */
  readonly discriminatorWeight?: number;
  /**
   * D's label of real pictures; 0.9 is one-sided label smoothing (Salimans et al. 2016, section 3.4).
   * G's label stays 1. @default 1
   */
  readonly realLabel?: number;
}

/**
 * The least squares adversarial loss (LSGAN, Mao et al. 2017, equation 9) on D's outputs themselves:
 * D's targets are 1 for real and 0 for fake, G's is 1.
 *
 * Its gradient does not vanish for fakes that D rejects confidently. Averaged over patches and
 * pictures, then over scales.
 *
 * @throws {RangeError} If `realLabel` is 0 or less.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { leastSquares } from "./least_squares.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const views = { fakeLogits: [tf.fill([1, 30, 30, 1], -2)] } as unknown as Views;
 * assertEquals(leastSquares().generator?.(views).dataSync()[0], 9);
 * ```
 */
export function leastSquares(
  { weight = 1, discriminatorWeight = 0.5, realLabel = 1 }: LeastSquaresOptions = {},
): Loss {
  checkWeights("leastSquares", { weight, discriminatorWeight });
  if (!(realLabel > 0)) {
    throw new RangeError(`Cannot label real pictures ${realLabel}. Use more than 0.`);
  }
  const distanceTo = (label: number) => (logits: Tensor): Tensor =>
    tf.square(label === 0 ? logits : tf.sub(logits, label));
  return {
    // Halfway between the labels of a fake and of a real picture.
    boundary: realLabel / 2,
    generator: ({ fakeLogits }) => tf.mul(meanOverScales(fakeLogits, distanceTo(1)), weight),
    discriminator: ({ realLogits, fakeLogits }) =>
      tf.mul(
        tf.add(
          meanOverScales(realLogits, distanceTo(realLabel)),
          meanOverScales(fakeLogits, distanceTo(0)),
        ),
        discriminatorWeight,
      ),
  };
}
