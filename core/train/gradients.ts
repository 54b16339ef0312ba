/** Gradients of one network's losses, every number of them finite. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { requireFinite } from "../ops/require_finite.ts";
import { stableName } from "../ops/optimizer_state.ts";

/** Whose gradients are taken, and where those go that the caller disposes. */
export interface Trained {
  readonly network: string;
  readonly variables: Variable[];
  readonly kept: Tensor[];
}

/**
 * The gradients of a loss, in the order of the variables.
 *
 * @throws {PairlabError} If the loss does not depend on one of them.
 */
export function gradients({ network, variables, kept }: Trained, loss: () => Scalar): Tensor[] {
  if (variables.length === 0) {
    // Nothing to train, as in the identity; the loss is wanted all the same.
    loss();
    return [];
  }
  const { grads } = tf.variableGrads(loss, variables);
  return variables.map((variable) => {
    const gradient = grads[variable.name];
    if (gradient === undefined) {
      throw new PairlabError(
        `Cannot train the ${network}: no loss depends on its weight "${variable.name}"`,
      );
    }
    const what = `the gradient of "${network}/${stableName(variable)}"`;
    const checked = tf.keep(requireFinite(gradient, what));
    kept.push(checked);
    return checked;
  });
}
