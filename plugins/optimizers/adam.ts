import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { applyAdam, type Optimizer, type Rate, type UpdateRule } from "../../core/plugin.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Learning rate, fixed or a function of progress. @default 2e-4 */
  readonly rate?: Rate;
  /** Decay of the first moment. @default 0.5 */
  readonly beta1?: number;
  /** Decay of the second moment. @default 0.999 */
  readonly beta2?: number;
  /** Keeps the division finite. Torch's default is 1e-8, Keras' 1e-7. @default 1e-8 */
  readonly epsilon?: number;
  /**
   * Where epsilon is added: to the root of the second moment with its bias corrected (algorithm 1
   * of Kingma and Ba, Torch), or as it is (their "epsilon hat", TensorFlow and Keras).
   * @default "corrected"
   */
  readonly epsilonPlacement?: "corrected" | "uncorrected";
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with the paper's constants (section 3.3).
 *
 * Its state is all zero at first: for each variable both moments, and for all together
 * 1 - beta1^t and 1 - beta2^t, which divide the bias out; kept as such, and not as the powers, they
 * lose no digits to the subtraction.
 *
 * The notebook's, which is Keras', is
 * `adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" })`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { adam } from "./adam.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * const rule = adam().start([weight]);
 * rule.apply([tf.tensor1d([5])], tf.scalar(0.1));
 * // The first step is the rate, whatever the size of the gradient.
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function adam({ rate = 2e-4, ...options }: AdamOptions = {}): Optimizer {
  return { rate, start: (variables) => start(variables, options) };
}

function start(
  variables: readonly Variable[],
  { beta1 = 0.5, beta2 = 0.999, epsilon = 1e-8, epsilonPlacement = "corrected" }: AdamOptions,
): UpdateRule {
  const first = variables.map(zerosLike);
  const second = variables.map(zerosLike);
  const correction1 = zerosLike(1);
  const correction2 = zerosLike(1);

  const state: Record<string, Variable> = {
    bias_correction1: correction1,
    bias_correction2: correction2,
  };
  stableNames(variables).forEach((name, index) => {
    state[`${name}/first_moment`] = first[index]!;
    state[`${name}/second_moment`] = second[index]!;
  });

  const apply = (gradients: readonly Tensor[], rate: Scalar): void =>
    tf.tidy(() => {
      const root = tf.sqrt(approachOne(correction2, beta2));
      const stepSize = tf.div<Scalar>(tf.mul(rate, root), approachOne(correction1, beta1));
      // Both sides of the quotient times the root: the moments need no correction one by one.
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
  return { state, apply };
}

/** 1 - decay^t from 1 - decay^(t-1), the decay rounded to float32 as that of the moments is. */
function approachOne(correction: Variable, decay: number): Tensor {
  const next = tf.add(correction, tf.mul(tf.sub(1, correction), 1 - Math.fround(decay)));
  correction.assign(next);
  return next;
}

function zerosLike(tensor: Tensor | number): Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(tensor), false));
}

/**
 * The variables' names without the numbers by which tfjs tells a second model's variables from the
 * first's: what is saved by one process is found by another, whatever it has built before.
 */
function stableNames(variables: readonly Variable[]): string[] {
  const names = variables.map(({ name }) => name.replace(/(_\d+)+$/, ""));
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}#${earlier + 1}`;
  });
}
