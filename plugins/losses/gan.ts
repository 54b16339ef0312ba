import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { checkWeights, type Loss, meanOverScales } from "../../core/plugin.ts";

/** Options of {@link gan}. */
export interface GanOptions {
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /**
   * Weight of D's term; 0.5 slows D relative to G (the paper, section 3.3). 1 in the notebook.
   * @default 0.5
   */
  readonly discriminatorWeight?: number;
  /**
   * D's label of real pictures; 0.9 is one-sided label smoothing (Salimans et al. 2016, section 3.4).
   * G's label stays 1. @default 1
   */
  readonly realLabel?: number;
}

/**
 * The adversarial loss on logits (the paper, equation 1, or 2 if D is unconditional).
 *
 * D minimises the sum of the binary cross-entropies of real with 1 and fake with 0; G that of fake
 * with 1, the non-saturating form (Goodfellow et al. 2014, section 3). Averaged over patches and
 * pictures, then over scales.
 *
 * @throws {RangeError} If `realLabel` is not in (0, 1].
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { gan } from "./gan.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const logits = [tf.zeros<tf.Rank.R4>([1, 30, 30, 1])];
 * const picture = tf.zeros<tf.Rank.R4>([1, 256, 256, 3]);
 * const term = gan().generator?.({
 *   input: picture,
 *   target: picture,
 *   fake: picture,
 *   realLogits: logits,
 *   fakeLogits: logits,
 *   realFeatures: [],
 *   fakeFeatures: [],
 *   discriminate: () => ({ logits, features: [] }),
 *   step: tf.scalar(1, "int32"),
 * });
 * assertAlmostEquals(term?.dataSync()[0] ?? NaN, Math.log(2));
 * ```
 */
export function gan(
  { weight = 1, discriminatorWeight = 0.5, realLabel = 1 }: GanOptions = {},
): Loss {
  checkWeights("gan", { weight, discriminatorWeight });
  if (!(realLabel > 0 && realLabel <= 1)) {
    throw new RangeError(
      `Cannot label real pictures ${realLabel}. Use more than 0 and at most 1.`,
    );
  }
  return {
    boundary: 0,
    generator: ({ fakeLogits }) => tf.mul(crossEntropy(fakeLogits, 1), weight),
    discriminator: ({ realLogits, fakeLogits }) =>
      tf.mul(
        tf.add(crossEntropy(realLogits, realLabel), crossEntropy(fakeLogits, 0)),
        discriminatorWeight,
      ),
  };
}

/**
 * -label log sigmoid(z) - (1 - label) log(1 - sigmoid(z)). The logarithms are -softplus of -z and z,
 * which are exact for any z.
 */
function crossEntropy(scales: readonly Tensor4D[], label: number): Scalar {
  return meanOverScales(scales, (logits) => {
    if (label === 0) return tf.softplus(logits);
    const positive = tf.softplus(tf.neg(logits));
    if (label === 1) return positive;
    return tf.add(tf.mul(positive, label), tf.mul(tf.softplus(logits), 1 - label));
  });
}
