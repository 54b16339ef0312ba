import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import {
  checkWeights,
  deriveKey,
  type Loss,
  meanOverScales,
  statelessUniform,
  type Views,
} from "../../core/plugin.ts";

/** Options of {@link wasserstein}. */
export interface WassersteinOptions {
  /** Weight of the gradient penalty, the paper's lambda; 0: no penalty. @default 10 */
  readonly penalty?: number;
  /** Weight of G's term. @default 1 */
  readonly weight?: number;
  /** Weight of D's term, including the penalty. @default 1 */
  readonly discriminatorWeight?: number;
  /** Seed of the random mixtures of target and fake, together with the step. @default 0 */
  readonly seed?: number;
}

/**
 * The Wasserstein loss with gradient penalty (WGAN-GP, Gulrajani et al. 2017, equation 3).
 *
 * D, the paper's critic, scores each picture by the mean of its logits over patches and scales. It
 * minimises score(fake) - score(real) + `penalty` · mean((‖g‖ - 1)²) over the batch, with g the
 * gradient of the score by the picture at a random mixture of the pair's target and fake. G
 * maximises score(fake).
 *
 * The CycleGAN repository takes the gradient of the sum of logits; here it is the gradient of the
 * score itself, so the penalty does not depend on the number of patches.
 *
 * The penalty treats pictures separately. Batch normalisation mixes the pictures of a batch, so the
 * paper advises against it (section 4): use `patchGan({ norm: none() })` or `instanceNorm()`. All
 * layers of D must be twice differentiable, as Pairlab's are.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { wasserstein } from "./wasserstein.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * // A critic whose score grows by 3 / 4 per pixel: over four pixels, ‖g‖ is 1.5.
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
  checkWeights("wasserstein", { weight, discriminatorWeight, penalty });
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

/** The mean over the batch of (‖g‖ - 1)², at a mixture of each pair's target and fake. */
function gradientPenalty({ target, fake, step, share, discriminate }: Views, key: number): Scalar {
  const [batch] = target.shape;
  const seed = tf.stack([tf.scalar(key, "int32"), step]) as Tensor1D;
  const weights = statelessUniform([batch, 1, 1, 1], seed, share);
  const mixture = tf.add<Tensor4D>(fake, tf.mul(tf.sub(target, fake), weights));
  // The gradient of the sum over the batch: each picture's score depends on that picture only.
  const slope = tf.grad((picture: Tensor) =>
    tf.mul(meanOverScales(discriminate(picture as Tensor4D).logits), batch)
  )(mixture);
  // The root has no slope at 0.
  const length = tf.sqrt(tf.add(tf.sum(tf.square(slope), [1, 2, 3]), 1e-12));
  return tf.mean(tf.square(tf.sub(length, 1)));
}
