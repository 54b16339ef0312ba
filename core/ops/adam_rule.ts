/** The update rule of Adam and AdamW. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { applyAdam } from "./adam.ts";
import { namedState, zerosFor } from "./optimizer_state.ts";
import type { UpdateRule } from "../interfaces/objectives.ts";

/** The constants of Adam. */
export interface AdamConstants {
  /** Decay of the first moment. @default 0.5 */
  readonly beta1?: number;
  /** Decay of the second moment. @default 0.999 */
  readonly beta2?: number;
  /** Added to the root of the second moment. Torch's default is 1e-8, Keras' 1e-7. @default 1e-8 */
  readonly epsilon?: number;
  /**
   * Adds epsilon to the bias-corrected root (Kingma and Ba's algorithm 1, Torch) or to the uncorrected
   * one (their "epsilon hat", TensorFlow and Keras).
   * @default "corrected"
   */
  readonly epsilonPlacement?: "corrected" | "uncorrected";
}

/**
 * The update rule of Adam (Kingma and Ba 2015, algorithm 1) for the given variables.
 *
 * The state begins as zeros: both moments of each variable, and the bias corrections 1 - beta1^t and
 * 1 - beta2^t, stored as such because subtracting powers from 1 would lose digits.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { adamRule } from "./adam_rule.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * adamRule([weight]).apply([tf.tensor1d([5])], tf.scalar(0.1));
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function adamRule(
  variables: readonly Variable[],
  { beta1 = 0.5, beta2 = 0.999, epsilon = 1e-8, epsilonPlacement = "corrected" }: AdamConstants =
    {},
): UpdateRule {
  const first = zerosFor(variables);
  const second = zerosFor(variables);
  const correction1 = tf.variable(tf.scalar(0), false);
  const correction2 = tf.variable(tf.scalar(0), false);
  const apply = (gradients: readonly Tensor[], rate: Scalar): void =>
    tf.tidy(() => {
      const root = tf.sqrt(approachOne(correction2, beta2));
      const stepSize = tf.div<Scalar>(tf.mul(rate, root), approachOne(correction1, beta1));
      // Numerator and denominator are multiplied by the root, so no moment needs its own correction.
      const floor = epsilonPlacement === "corrected"
        ? tf.mul<Scalar>(root, epsilon)
        : tf.scalar(epsilon);
      variables.forEach((variable, index) =>
        applyAdam(
          { variable, first: first[index]!, second: second[index]! },
          { gradient: gradients[index]!, stepSize, epsilon: floor, beta1, beta2 },
        )
      );
    });
  return {
    state: {
      bias_correction1: correction1,
      bias_correction2: correction2,
      ...namedState(variables, { first_moment: first, second_moment: second }),
    },
    apply,
  };
}

/** 1 - decay^t from 1 - decay^(t-1), with the decay as a float32 as for the moments. */
function approachOne(correction: Variable, decay: number): Tensor {
  const next = tf.add(correction, tf.mul(tf.sub(1, correction), 1 - Math.fround(decay)));
  correction.assign(next);
  return next;
}
