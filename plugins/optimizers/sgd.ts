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
  /** Learning rate, fixed or a function of progress. @default 0.01 */
  readonly rate?: Rate;
  /** The share of the last velocity that is kept. @default 0 */
  readonly momentum?: number;
  /** Looks ahead: goes on by the velocity as it will be (Sutskever et al. 2013). @default false */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum if asked for, as Torch has it: velocity = momentum *
 * velocity + gradient, and the change is the rate times the velocity (with `nesterov`: times the
 * gradient plus momentum * velocity).
 *
 * Remembers nothing without momentum.
 *
 * @throws {RangeError} For Nesterov's way without a momentum to look ahead by.
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
      "Cannot look ahead by Nesterov's way without momentum: e.g. momentum: 0.9 would work",
    );
  }
  return { rate, start: (variables) => start(variables, momentum, nesterov) };
}

function start(variables: readonly Variable[], momentum: number, nesterov: boolean): UpdateRule {
  const velocity = momentum === 0 ? undefined : zerosFor(variables);
  /** What is subtracted, but for the rate. */
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
