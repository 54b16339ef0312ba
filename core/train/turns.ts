/** Which network learns in which step. */
import type { Wiring } from "../interfaces/experiment.ts";

/** Whose weights a step updates. */
export type Turn = "both" | "generator" | "discriminator";

/**
 * Whose turn it is in a step: by the number of the step alone, so that a resumed run goes on.
 *
 * @param step 1 for the first.
 *
 * @example
 * ```ts
 * import { turnOf } from "./turns.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [d, g] = ["discriminator", "both"] as const;
 * const turns = [1, 2, 3, 4, 5, 6].map((step) => turnOf(step, { discriminatorSteps: 3 }));
 * assertEquals(turns, [d, d, g, d, d, g]);
 * ```
 */
export function turnOf(
  step: number,
  { discriminatorSteps = 1, generatorSteps = 1 }: Pick<
    Wiring,
    "discriminatorSteps" | "generatorSteps"
  >,
): Turn {
  // D learns before G does: G's turn ends a round of D's, and D's begins a round of G's.
  if (step % discriminatorSteps !== 0) return "discriminator";
  return (step - 1) % generatorSteps === 0 ? "both" : "generator";
}
