import { PairlabError } from "../base/errors.ts";

/**
 * Checks the weights of a loss's terms.
 *
 * @param loss Names the loss.
 * @param weights By the names of their options.
 * @throws {PairlabError} If one is negative, infinite or not a number.
 *
 * @example
 * ```ts
 * import { checkWeights } from "./check_weights.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkWeights("l1", { weight: 100 });
 * assertThrows(() => checkWeights("l1", { weight: -5 }), Error, "Cannot use l1 with weight: -5");
 * ```
 */
export function checkWeights(loss: string, weights: Readonly<Record<string, number>>): void {
  for (const [name, weight] of Object.entries(weights)) {
    if (typeof weight === "number" && weight >= 0 && weight < Infinity) continue;
    throw new PairlabError(
      `Cannot use ${loss} with ${name}: ${weight}. Use a number from 0 on, e.g. 1.`,
    );
  }
}
