/** The state of optimizers and its names in checkpoints. */
import * as tf from "@tensorflow/tfjs";
import type { Variable } from "@tensorflow/tfjs";

/**
 * Non-trainable variables of zeros, in the shapes of these variables.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { zerosFor } from "./optimizer_state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const [velocity] = zerosFor([tf.variable(tf.ones([2]))]);
 * assertEquals([[...velocity!.dataSync()], velocity!.trainable], [[0, 0], false]);
 * ```
 */
export function zerosFor(variables: readonly Variable[]): Variable[] {
  return variables.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
}

/**
 * The state of an optimizer by name, for {@link UpdateRule.state}: `NAME/MEMORY` for each variable and
 * memory, e.g. `down1/kernel/velocity`.
 *
 * NAME leaves out the numbers that tfjs appends for a second model in a process, so any process finds
 * the state of another.
 *
 * @param variables The variables that the optimizer updates.
 * @param memories Per memory, one variable for each of `variables`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { namedState, zerosFor } from "./optimizer_state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const kernel = tf.variable(tf.ones([4, 4, 3, 64]), true, "down1/kernel_3");
 * const state = namedState([kernel], { velocity: zerosFor([kernel]) });
 * assertEquals(Object.keys(state), ["down1/kernel/velocity"]);
 * ```
 */
export function namedState(
  variables: readonly Variable[],
  memories: Readonly<Record<string, readonly Variable[]>>,
): Record<string, Variable> {
  const state: Record<string, Variable> = {};
  stableNames(variables).forEach((name, index) => {
    for (const [memory, remembered] of Object.entries(memories)) {
      state[`${name}/${memory}`] = remembered[index]!;
    }
  });
  return state;
}

/** A variable's name without the number that tfjs appends for a second model. */
export function stableName({ name }: Variable): string {
  return name.replace(/(_\d+)+$/, "");
}

function stableNames(variables: readonly Variable[]): string[] {
  const names = variables.map(stableName);
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}#${earlier + 1}`;
  });
}
