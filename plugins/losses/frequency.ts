import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import { checkWeights, type Loss, stopGradient, toPlanes } from "../../core/plugin.ts";
import { powerSpectrum } from "./frequency/power_spectrum.ts";

/** Options of {@link frequency}. */
export interface FrequencyOptions {
  /** Factor of the mean. @default 1 */
  readonly weight?: number;
  /** Focus on frequencies with large errors; 0 weights all equally. @default 1 */
  readonly alpha?: number;
}

/** Avoids a division by 0 for equal pictures. */
const LEAST = 1e-12;

/**
 * The focal frequency loss (Jiang et al. 2021): the mean over all frequencies, channels and
 * pictures of w |F(target) - F(fake)|², times a weight, F being the orthonormal Fourier transform.
 *
 * w is |F(target) - F(fake)|^alpha, divided by its maximum in the channel and constant to the
 * gradient. With alpha 0 the loss equals `l2()` (Parseval).
 *
 * The transform uses matrix products: every engine has their gradients, but not the FFT's. At 256x256
 * the cost is small beside the networks'. Needs no discriminator.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { frequency } from "./frequency.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * // All that differs is one of 8 x 8 frequencies: the mean.
 * const views = { target: tf.ones([1, 8, 8, 3]), fake: tf.zeros([1, 8, 8, 3]) } as Views;
 * assertAlmostEquals(frequency().generator?.(views).dataSync()[0] ?? NaN, 8 ** 2 / 8 ** 2, 1e-5);
 * ```
 */
export function frequency({ weight = 1, alpha = 1 }: FrequencyOptions = {}): Loss {
  checkWeights("frequency", { weight });
  return {
    generator: ({ target, fake }) => {
      // The transform is linear.
      const distances = powerSpectrum(toPlanes(tf.sub(target, fake)));
      const weighted = alpha === 0
        ? distances
        : tf.mul(focus(stopGradient(distances), alpha), distances);
      return tf.mul<Scalar>(tf.mean(weighted), weight);
    },
  };
}

/** The weight of each frequency, from squared distances; at most 1 per plane. */
function focus(distances: Tensor, alpha: number): Tensor {
  const greatest = tf.maximum(tf.max(distances, [1, 2], true), LEAST);
  return tf.pow(tf.div(distances, greatest), alpha / 2);
}
