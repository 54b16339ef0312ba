import type { Schedule } from "../../core/plugin.ts";

/** Options of {@link cosine}. */
export interface CosineOptions {
  /** Learning rate of the first step. @default 2e-4 */
  readonly rate?: number;
  /** Learning rate of the step after the last. @default 0 */
  readonly to?: number;
}

/**
 * Cosine annealing over all steps of the training (SGDR without restarts, Loshchilov and Hutter 2017,
 * equation 5; Torch's `CosineAnnealingLR`).
 *
 * @example
 * ```ts
 * import { cosine } from "./cosine.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const rate = cosine({ rate: 1 });
 * const at = (step: number) => rate({ epoch: 0, epochs: 2, step, stepsPerEpoch: 400 });
 * assertAlmostEquals(at(0), 1);
 * assertAlmostEquals(at(400), 0.5);
 * assertAlmostEquals(at(600), (1 - Math.SQRT1_2) / 2);
 * ```
 */
export function cosine({ rate = 2e-4, to = 0 }: CosineOptions = {}): Schedule {
  return ({ step, epochs, stepsPerEpoch }) => {
    const done = Math.min(step / (epochs * stepsPerEpoch), 1);
    return to + (rate - to) * (1 + Math.cos(Math.PI * done)) / 2;
  };
}
