import * as tf from "@tensorflow/tfjs";
import { namedState, type Optimizer, type Rate, zerosFor } from "../../../mod.ts";

/** Options of {@link myOptimizer}. */
export interface MyOptimizerOptions {
  /** Learning rate, fixed or a function of progress. @default 1e-3 */
  readonly rate?: Rate;
  /** The share of the last velocity that is kept, from 0 to below 1. @default 0.9 */
  readonly momentum?: number;
}

/**
 * Gradient descent with momentum: velocity = momentum * velocity + gradient, and each variable
 * changes by the rate times its velocity.
 *
 * @throws {RangeError} If the momentum is not from 0 to below 1.
 */
export function myOptimizer(
  { rate = 1e-3, momentum = 0.9 }: MyOptimizerOptions = {},
): Optimizer {
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(
      `Cannot keep ${momentum} of the velocity. Use a number from 0 to below 1, e.g. 0.9.`,
    );
  }
  return {
    rate,
    start: (variables) => {
      // All state is in variables, which checkpoints save.
      const velocities = zerosFor(variables);
      return {
        state: namedState(variables, { velocity: velocities }),
        // The rate is a tensor, as it may change from step to step.
        apply: (gradients, rate) => {
          for (const [index, variable] of variables.entries()) {
            const velocity = velocities[index]!;
            velocity.assign(tf.add(tf.mul(velocity, momentum), gradients[index]!));
            variable.assign(tf.sub(variable, tf.mul(velocity, rate)));
          }
        },
      };
    },
  };
}
