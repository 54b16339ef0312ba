import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor4D } from "@tensorflow/tfjs";
import { absolute, checkWeights, type Loss } from "../../core/plugin.ts";

/** Options of {@link totalVariation}. */
export interface TotalVariationOptions {
  /** Factor of the variation. @default 1 */
  readonly weight?: number;
}

/**
 * The total variation of the fake (Rudin et al. 1992, anisotropic): the sum of absolute differences of
 * neighbours in rows and columns, divided by the number of values, times a weight. Smooths; as a
 * loss of image transformation: Johnson et al. 2016, section 3.2.
 *
 * TensorFlow's `tf.image.total_variation`, divided. Needs neither discriminator nor target.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { totalVariation } from "./total_variation.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const views = { fake: tf.tensor4d([0, 1, 0, 1], [1, 2, 2, 1]) } as Views;
 * assertEquals(totalVariation().generator?.(views).dataSync()[0], 2 / 4);
 * ```
 */
export function totalVariation({ weight = 1 }: TotalVariationOptions = {}): Loss {
  checkWeights("totalVariation", { weight });
  return {
    generator: ({ fake }) => {
      const variation = tf.add<Scalar>(variationAlong(fake, 1), variationAlong(fake, 2));
      return tf.mul(variation, weight / fake.size);
    },
  };
}

/** The sum of the absolute differences between neighbours along an axis. */
function variationAlong(pictures: Tensor4D, axis: 1 | 2): Scalar {
  const size = [...pictures.shape];
  size[axis] = pictures.shape[axis] - 1;
  const begin = [0, 0, 0, 0];
  begin[axis] = 1;
  const difference = tf.sub(
    tf.slice(pictures, begin, size),
    tf.slice(pictures, [0, 0, 0, 0], size),
  );
  return tf.sum(absolute(difference));
}
