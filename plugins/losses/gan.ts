import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { type Loss, meanOverScales } from "../../core/plugin.ts";

/** Options of {@link gan}. */
export interface GanOptions {
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /**
   * Weight of D's term; a half slows D down against G (the paper's section 3.3). The notebook's
   * is 1. @default 0.5
   */
  readonly discriminatorWeight?: number;
  /**
   * What D is asked to say of real pictures; 0.9 keeps it from being too sure (one-sided label
   * smoothing, Salimans et al. 2016, section 3.4). G still asks for 1. @default 1
   */
  readonly realLabel?: number;
}

/**
 * The adversarial loss (the paper's equations 1 and 2, according to what D is given), on logits.
 *
 * D minimises the binary cross-entropies of real with 1 and fake with 0, added up; G that of fake
 * with 1, Goodfellow et al.'s form which does not saturate (2014, section 3). Means over all
 * patches and pictures, then over the scales of D.
 *
 * @throws {RangeError} For a label that is no probability above 0.
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
  if (!(realLabel > 0 && realLabel <= 1)) {
    throw new RangeError(
      `Cannot label real pictures ${realLabel}: more than 0 and at most 1 would work`,
    );
  }
  return {
    generator: ({ fakeLogits }) => tf.mul(crossEntropy(fakeLogits, 1), weight),
    discriminator: ({ realLogits, fakeLogits }) =>
      tf.mul(
        tf.add(crossEntropy(realLogits, realLabel), crossEntropy(fakeLogits, 0)),
        discriminatorWeight,
      ),
  };
}

/**
 * -label log sigmoid(z) - (1 - label) log(1 - sigmoid(z)), of which the logarithms are softplus of
 * -z and z, which neither overflow nor lose digits however large z is.
 */
function crossEntropy(scales: readonly Tensor4D[], label: number): Scalar {
  return meanOverScales(scales, (logits) => {
    if (label === 0) return tf.softplus(logits);
    const positive = tf.softplus(tf.neg(logits));
    if (label === 1) return positive;
    return tf.add(tf.mul(positive, label), tf.mul(tf.softplus(logits), 1 - label));
  });
}
