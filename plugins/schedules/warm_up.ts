import type { Rate, Schedule } from "../../core/plugin.ts";

/** Options of {@link warmUp}. */
export interface WarmUpOptions {
  /** Steps until the full rate. @default 500 */
  readonly steps?: number;
}

/**
 * Warms up a rate: step n of the first `steps` has n / `steps` of the rate (gradual warm-up, Goyal et
 * al. 2017, section 2.2).
 *
 * @param schedule A rate or a schedule.
 * @throws {RangeError} If `steps` is not positive.
 *
 * @example
 * ```ts
 * import { warmUp } from "./warm_up.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = warmUp(1, { steps: 4 });
 * const rates = [0, 1, 2, 3, 4].map((step) =>
 *   rate({ epoch: 0, epochs: 5, step, stepsPerEpoch: 400 })
 * );
 * assertEquals(rates, [0.25, 0.5, 0.75, 1, 1]);
 * ```
 */
export function warmUp(schedule: Rate, { steps = 500 }: WarmUpOptions = {}): Schedule {
  if (!(steps > 0)) {
    throw new RangeError(`Cannot warm up for ${steps} steps. Use more than 0.`);
  }
  const warm: Schedule = (progress) => {
    const whole = typeof schedule === "number" ? schedule : schedule(progress);
    return whole * Math.min((progress.step + 1) / steps, 1);
  };
  const watches = typeof schedule === "number" ? undefined : schedule.watches;
  return watches === undefined ? warm : Object.assign(warm, { watches });
}
