import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import {
  namedState,
  type Optimizer,
  type Rate,
  type UpdateRule,
  zerosFor,
} from "../../core/plugin.ts";

/** Options of {@link rmsProp}. */
export interface RmsPropOptions {
  /** Learning rate or schedule. @default 5e-5, WGAN's (Arjovsky et al. 2017, algorithm 1) */
  readonly rate?: Rate;
  /** Decay of the mean square: Torch's alpha, Keras' rho. @default 0.99 */
  readonly decay?: number;
  /** Added to the root of the mean square, as in Torch. @default 1e-8 */
  readonly epsilon?: number;
  /** Decay of the velocity; 0: no momentum. @default 0 */
  readonly momentum?: number;
}

/**
 * RMSProp (Tieleman and Hinton 2012, lecture 6.5) as in Torch: gradients are divided by the root of
 * their moving mean square.
 *
 * The state begins as zeros, without bias correction, so the first steps are large: the first is
 * rate / sqrt(1 - decay) for any gradient.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { rmsProp } from "./rms_prop.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * const rule = rmsProp({ decay: 0.75 }).start([weight]);
 * rule.apply([tf.tensor1d([5])], tf.scalar(0.1));
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 1 - 0.1 / 0.5, 1e-6);
 * ```
 */
export function rmsProp({ rate = 5e-5, ...options }: RmsPropOptions = {}): Optimizer {
  return { rate, start: (variables) => start(variables, options) };
}

function start(
  variables: readonly Variable[],
  { decay = 0.99, epsilon = 1e-8, momentum = 0 }: RmsPropOptions,
): UpdateRule {
  const meanSquare = zerosFor(variables);
  const velocity = momentum === 0 ? undefined : zerosFor(variables);
  return {
    state: namedState(variables, {
      mean_square: meanSquare,
      ...velocity && { velocity },
    }),
    apply: (gradients, rate) =>
      variables.forEach((variable, index) =>
        tf.tidy(() => {
          const gradient = gradients[index]!;
          const square = assigned(
            meanSquare[index]!,
            tf.add(tf.mul(meanSquare[index]!, decay), tf.mul(tf.square(gradient), 1 - decay)),
          );
          const scaled = tf.div(gradient, tf.add(tf.sqrt(square), epsilon));
          const change = velocity === undefined ? scaled : assigned(
            velocity[index]!,
            tf.add(tf.mul(velocity[index]!, momentum), scaled),
          );
          variable.assign(tf.sub(variable, tf.mul(change, rate)));
        })
      ),
  };
}

function assigned(variable: Variable, value: Tensor): Tensor {
  variable.assign(value);
  return value;
}
