import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import type { Optimizer } from "../../core/plugin.ts";

/** Options of {@link clipNorm}. */
export interface ClipNormOptions {
  /** Greatest norm of a network's gradients, taken as one vector. @default 1 */
  readonly norm?: number;
}

/**
 * Scales a network's gradients down to `norm` if their joint norm is greater, then applies an
 * optimizer (Pascanu et al. 2013, algorithm 1; Torch's `clip_grad_norm_`). G's and D's gradients are
 * clipped separately. Has no state of its own.
 *
 * @throws {RangeError} If `norm` is not positive.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { clipNorm } from "./clip_norm.ts";
 * import { sgd } from "./sgd.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.zeros([2]));
 * const rule = clipNorm(sgd(), { norm: 1 }).start([weight]);
 * rule.apply([tf.tensor1d([30, -40])], tf.scalar(1));
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, -0.6, 1e-6);
 * assertAlmostEquals(weight.dataSync()[1] ?? NaN, 0.8, 1e-6);
 * ```
 */
export function clipNorm(optimizer: Optimizer, { norm = 1 }: ClipNormOptions = {}): Optimizer {
  if (!(norm > 0)) {
    throw new RangeError(`Cannot clip gradients to a norm of ${norm}. Use more than 0.`);
  }
  return {
    rate: optimizer.rate,
    start: (variables) => {
      const { state, apply } = optimizer.start(variables);
      return {
        state,
        apply: (gradients, rate) => tf.tidy(() => apply(clipped(gradients, norm), rate)),
      };
    },
  };
}

function clipped(gradients: readonly Tensor[], norm: number): Tensor[] {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  // As Torch, so that a norm of 0 does not divide.
  const length = tf.add(tf.sqrt(tf.addN(squares)), 1e-6);
  const factor = tf.minimum(tf.div(norm, length), 1);
  return gradients.map((gradient) => tf.mul(gradient, factor));
}
