import type { Schedule } from "../../core/plugin.ts";

/** Options of {@link step}. */
export interface StepOptions {
  /** Learning rate of the first epochs. @default 2e-4 */
  readonly rate?: number;
  /** Epochs with the same rate. @default 50 */
  readonly every?: number;
  /** Factor of the rate after that many epochs. @default 0.1 */
  readonly factor?: number;
}

/**
 * Multiplies the rate by `factor` every `every` epochs (Torch's `StepLR`; the policy "step" of
 * pytorch-CycleGAN-and-pix2pix, whose constants are the defaults).
 *
 * @throws {RangeError} If `every` is not positive.
 *
 * @example
 * ```ts
 * import { step } from "./step.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = step({ rate: 1, every: 2, factor: 0.5 });
 * const rates = [0, 1, 2, 3, 4].map((epoch) =>
 *   rate({ epoch, epochs: 5, step: epoch * 400, stepsPerEpoch: 400 })
 * );
 * assertEquals(rates, [1, 1, 0.5, 0.5, 0.25]);
 * ```
 */
export function step({ rate = 2e-4, every = 50, factor = 0.1 }: StepOptions = {}): Schedule {
  if (!(every > 0)) {
    throw new RangeError(`Cannot lower the rate every ${every} epochs. Use more than 0.`);
  }
  return ({ epoch }) => rate * factor ** Math.floor(epoch / every);
}
