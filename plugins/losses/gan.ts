import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import type { Loss } from "../../core/plugin.ts";

/** Options of {@link gan}. */
export interface GanOptions {
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /**
   * Weight of D's term; a half slows D down against G (the paper's section 3.3). The notebook's
   * is 1. @default 0.5
   */
  readonly discriminatorWeight?: number;
}

/**
 * The adversarial loss (the paper's equations 1 and 2, according to what D is given), on logits.
 *
 * D minimises the binary cross-entropies of real with 1 and fake with 0, added up; G that of fake
 * with 1, Goodfellow et al.'s form which does not saturate (2014, section 3). Means over all
 * patches and pictures, then over the scales of D.
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
export function gan({ weight = 1, discriminatorWeight = 0.5 }: GanOptions = {}): Loss {
  return {
    generator: ({ fakeLogits }) => tf.mul(crossEntropy(fakeLogits, 1), weight),
    discriminator: ({ realLogits, fakeLogits }) =>
      tf.mul(
        tf.add(crossEntropy(realLogits, 1), crossEntropy(fakeLogits, 0)),
        discriminatorWeight,
      ),
  };
}

/**
 * -log sigmoid(z) for label 1, -log(1 - sigmoid(z)) for 0: softplus of -z or z, which neither
 * overflows nor loses digits however large z is.
 */
function crossEntropy(scales: readonly Tensor4D[], label: 0 | 1): Scalar {
  const means = scales.map((logits) =>
    tf.mean<Scalar>(tf.softplus(label === 1 ? tf.neg(logits) : logits))
  );
  return tf.div(tf.addN(means), scales.length);
}
