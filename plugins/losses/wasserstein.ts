import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import {
  deriveKey,
  type Loss,
  meanOverScales,
  statelessUniform,
  type Views,
} from "../../core/plugin.ts";

/** Options of {@link wasserstein}. */
export interface WassersteinOptions {
  /** Weight of the gradient penalty, lambda in the paper; 0 leaves it out. @default 10 */
  readonly penalty?: number;
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /** Weight of D's term, penalty included. @default 1 */
  readonly discriminatorWeight?: number;
  /** Keys the mixtures of target and fake, together with the step. @default 0 */
  readonly seed?: number;
}

/**
 * The Wasserstein loss with gradient penalty (WGAN-GP, Gulrajani et al. 2017, equation 3).
 *
 * D, called critic there, says a number of each picture: the mean of its logits over patches and
 * scales. It minimises that of fake less that of real, plus `penalty` times the mean over the batch
 * of (‖slope‖ - 1)², the slope being the gradient of that number by the picture, at a random
 * mixture of the pair's target and fake. G maximises the number of fake.
 *
 * The CycleGAN repository takes the slope of the sum of the logits; here it is that of the very
 * number which is compared, so that the penalty means the same for any number of patches.
 *
 * Critic and penalty regard each picture by itself, which batch normalisation does not for batches
 * of more than one: the penalty is defined, but no longer the one of the paper, whose section 4
 * advises against it: `patchGan({ norm: none() })` or `instanceNorm()` are meant to be used here. All
 * layers of D must be twice differentiable, as those of this project are.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { wasserstein } from "./wasserstein.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * // A critic whose number grows by 3 / 4 for each of four pixels: its slope is 1.5 long.
 * const judge = (picture: tf.Tensor4D) => ({ logits: [tf.mul(picture, 3)], features: [] });
 * const [target, fake] = [tf.ones([1, 2, 2, 1]), tf.zeros([1, 2, 2, 1])] as tf.Tensor4D[];
 * const views = {
 *   target,
 *   fake,
 *   realLogits: [tf.mul(target!, 3)],
 *   fakeLogits: [tf.mul(fake!, 3)],
 *   discriminate: judge,
 *   step: tf.scalar(1, "int32"),
 * } as unknown as Views;
 * const term = wasserstein({ penalty: 10 }).discriminator?.(views);
 * assertAlmostEquals(term?.dataSync()[0] ?? NaN, 0 - 3 + 10 * 0.5 ** 2, 1e-5);
 * ```
 */
export function wasserstein(
  { penalty = 10, weight = 1, discriminatorWeight = 1, seed = 0 }: WassersteinOptions = {},
): Loss {
  const key = deriveKey(seed, ["wasserstein"])[0] >>> 1;
  return {
    generator: ({ fakeLogits }) => tf.mul(meanOverScales(fakeLogits), -weight),
    discriminator: (views) => {
      const { realLogits, fakeLogits } = views;
      const distance = tf.sub(meanOverScales(fakeLogits), meanOverScales(realLogits));
      const whole = penalty === 0
        ? distance
        : tf.add(distance, tf.mul(gradientPenalty(views, key), penalty));
      return tf.mul<Scalar>(whole, discriminatorWeight);
    },
  };
}

/** The mean over the batch of (‖slope‖ - 1)², at a mixture of each pair's target and fake. */
function gradientPenalty({ target, fake, step, discriminate }: Views, key: number): Scalar {
  const [batch] = target.shape;
  const seed = tf.stack([tf.scalar(key, "int32"), step]) as Tensor1D;
  const share = statelessUniform([batch, 1, 1, 1], seed);
  const mixture = tf.add<Tensor4D>(fake, tf.mul(tf.sub(target, fake), share));
  // Of the sum over the batch: each picture's slope, as no other picture bears on its number.
  const slope = tf.grad((picture: Tensor) =>
    tf.mul(meanOverScales(discriminate(picture as Tensor4D).logits), batch)
  )(mixture);
  // The root has no slope at 0, where a D without an opinion begins.
  const length = tf.sqrt(tf.add(tf.sum(tf.square(slope), [1, 2, 3]), 1e-12));
  return tf.mean(tf.square(tf.sub(length, 1)));
}
