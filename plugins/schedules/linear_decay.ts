import type { Schedule } from "../../core/plugin.ts";

/** Options of {@link linearDecay}. */
export interface LinearDecayOptions {
  /** Learning rate of the first epochs. @default 2e-4 */
  readonly rate?: number;
  /** Epochs with that rate. @default half of them, rounded up */
  readonly after?: number;
  /** Learning rate of the epoch after the last. @default 0 */
  readonly to?: number;
}

/**
 * A constant rate for `after` epochs, then linear decay per epoch to the end: the policy "linear" of
 * pytorch-CycleGAN-and-pix2pix, whose `n_epochs` is `after` and whose `n_epochs_decay` is the rest.
 * The rate reaches `to` after the last epoch, so the last epoch still learns.
 *
 * @throws {RangeError} If `after` is negative.
 *
 * @example
 * ```ts
 * import { linearDecay } from "./linear_decay.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const rate = linearDecay({ rate: 1, after: 2 });
 * const rates = [0, 1, 2, 3, 4].map((epoch) =>
 *   rate({ epoch, epochs: 5, step: epoch * 400, stepsPerEpoch: 400 })
 * );
 * [1, 1, 0.75, 0.5, 0.25].forEach((expected, epoch) =>
 *   assertAlmostEquals(rates[epoch] ?? NaN, expected)
 * );
 * ```
 */
export function linearDecay(
  { rate = 2e-4, after, to = 0 }: LinearDecayOptions = {},
): Schedule {
  if (after !== undefined && !(after >= 0)) {
    throw new RangeError(`Cannot decay the rate after ${after} epochs. Use 0 or more.`);
  }
  return ({ epoch, epochs }) => {
    const begin = after ?? Math.ceil(epochs / 2);
    const decayed = Math.max(0, epoch + 1 - begin) / (epochs - begin + 1);
    return begin >= epochs ? rate : rate + (to - rate) * decayed;
  };
}
