import * as tf from "@tensorflow/tfjs";
import type { Tensor, Variable } from "@tensorflow/tfjs";
import {
  namedState,
  type Optimizer,
  type Rate,
  type UpdateRule,
  zerosFor,
} from "../../core/plugin.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Learning rate or schedule. @default 0.01 */
  readonly rate?: Rate;
  /** Decay of the velocity; 0: no momentum. @default 0 */
  readonly momentum?: number;
  /** Nesterov momentum (Sutskever et al. 2013). @default false */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent with optional momentum, as in Torch: velocity = momentum · velocity +
 * gradient; the change is the rate times the velocity (with `nesterov`: times gradient + momentum ·
 * velocity). Without momentum it has no state.
 *
 * @throws {RangeError} If `nesterov` is set without momentum.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { sgd } from "./sgd.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const weight = tf.variable(tf.tensor1d([1]));
 * const rule = sgd({ momentum: 0.5 }).start([weight]);
 * rule.apply([tf.tensor1d([2])], tf.scalar(0.1));
 * rule.apply([tf.tensor1d([2])], tf.scalar(0.1));
 * assertAlmostEquals(weight.dataSync()[0] ?? NaN, 1 - 0.1 * 2 - 0.1 * (0.5 * 2 + 2), 1e-6);
 * ```
 */
export function sgd(
  { rate = 0.01, momentum = 0, nesterov = false }: SgdOptions = {},
): Optimizer {
  if (nesterov && momentum === 0) {
    throw new RangeError(
      "Cannot use Nesterov momentum: momentum is 0. Set e.g. momentum: 0.9.",
    );
  }
  return { rate, start: (variables) => start(variables, momentum, nesterov) };
}

function start(variables: readonly Variable[], momentum: number, nesterov: boolean): UpdateRule {
  const velocity = momentum === 0 ? undefined : zerosFor(variables);
  /** The change divided by the rate. */
  const direction = (gradient: Tensor, index: number): Tensor => {
    if (velocity === undefined) return gradient;
    const next = tf.add(tf.mul(velocity[index]!, momentum), gradient);
    velocity[index]!.assign(next);
    return nesterov ? tf.add(gradient, tf.mul(next, momentum)) : next;
  };
  return {
    state: velocity === undefined ? {} : namedState(variables, { velocity }),
    apply: (gradients, rate) =>
      variables.forEach((variable, index) =>
        tf.tidy(() => {
          const change = tf.mul(direction(gradients[index]!, index), rate);
          variable.assign(tf.sub(variable, change));
        })
      ),
  };
}
