/** Adam's update of one variable, as a single kernel if the engine has one. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";

/**
 * Kernel of {@link applyAdam}: inputs `{ variable, first, second, gradient, stepSize, epsilon }`,
 * attributes `{ beta1, beta2 }`, outputs `[variable, first, second]` after the update.
 */
export const APPLY_ADAM = "ApplyAdam";

/** A variable and its two moments, all of one shape. */
export interface AdamVariables {
  readonly variable: Variable;
  /** The moving mean of the gradient. */
  readonly first: Variable;
  /** The moving mean of the gradient's square. */
  readonly second: Variable;
}

/** The gradient and constants of an update. */
export interface AdamStep {
  readonly gradient: Tensor;
  /** The rate times the bias correction of the moments. */
  readonly stepSize: Scalar;
  /** Added to the root of the second moment. */
  readonly epsilon: Scalar;
  /** Decay of the first moment. */
  readonly beta1: number;
  /** Decay of the second moment. */
  readonly beta2: number;
}

/**
 * Updates a variable and its moments in place (Kingma and Ba 2015, algorithm 1, with the bias
 * correction left to the caller).
 *
 * first += (gradient - first) (1 - beta1), second += (gradient² - second) (1 - beta2),
 * variable -= stepSize first / (√second + epsilon).
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { applyAdam } from "./adam.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const [variable, first, second] = [1, 0, 0].map((value) => tf.variable(tf.scalar(value)));
 * const gradient = tf.scalar(2), stepSize = tf.scalar(0.1), epsilon = tf.scalar(0);
 * applyAdam(
 *   { variable: variable!, first: first!, second: second! },
 *   { gradient, stepSize, epsilon, beta1: 0.5, beta2: 0.75 },
 * );
 * assertAlmostEquals(first!.dataSync()[0] ?? NaN, 1);
 * assertAlmostEquals(second!.dataSync()[0] ?? NaN, 1);
 * assertAlmostEquals(variable!.dataSync()[0] ?? NaN, 0.9, 1e-6);
 * ```
 */
export function applyAdam(variables: AdamVariables, step: AdamStep): void {
  const { variable, first, second } = variables;
  const { gradient, stepSize, epsilon, beta1, beta2 } = step;
  tf.tidy(() => {
    const updated = tf.getKernel(APPLY_ADAM, tf.getBackend()) === undefined
      ? composeAdam(variables, step)
      : tf.engine().runKernel(
        APPLY_ADAM,
        { variable, first, second, gradient, stepSize, epsilon },
        { beta1, beta2 },
      ) as Tensor[];
    [variable, first, second].forEach((one, index) => one.assign(updated[index]!));
  });
}

/** The values that {@link applyAdam} assigns, from tfjs' ops. */
export function composeAdam(
  { variable, first, second }: Readonly<Record<keyof AdamVariables, Tensor>>,
  { gradient, stepSize, epsilon, beta1, beta2 }: AdamStep,
): Tensor[] {
  return tf.tidy(() => {
    const m = approach(first, gradient, beta1);
    const v = approach(second, tf.square(gradient), beta2);
    const change = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), epsilon));
    return [tf.sub(variable, change), m, v];
  });
}

/** Updates a moving average. The decay is a float32, as in the engines' kernels. */
function approach(average: Tensor, value: Tensor, decay: number): Tensor {
  return tf.add(average, tf.mul(tf.sub(value, average), 1 - Math.fround(decay)));
}
