import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { type Loss, meanOverScales } from "../../core/plugin.ts";

/** Options of {@link leastSquares}. */
export interface LeastSquaresOptions {
  /** Weight of G's term; Mao et al. have 0.5, the CycleGAN repository 1. @default 1 */
  readonly weight?: number;
  /** Weight of D's term. @default 0.5 */
  readonly discriminatorWeight?: number;
  /**
   * What D is asked to say of real pictures; 0.9 keeps it from being too sure (one-sided label
   * smoothing, Salimans et al. 2016, section 3.4). G still asks for 1. @default 1
   */
  readonly realLabel?: number;
}

/**
 * The least squares adversarial loss (LSGAN, Mao et al. 2017, equation 9): D's outputs themselves,
 * and no probabilities, are to be 1 for real and 0 for fake; G asks for 1.
 *
 * Its gradient does not vanish for fakes that D is sure about. Means over all patches and pictures,
 * then over the scales of D.
 *
 * @throws {RangeError} For a label of 0 or less, which would be that of fakes.
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
  if (!(realLabel > 0)) {
    throw new RangeError(`Cannot label real pictures ${realLabel}: more than 0 would work`);
  }
  const distanceTo = (label: number) => (logits: Tensor): Tensor =>
    tf.square(label === 0 ? logits : tf.sub(logits, label));
  return {
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
