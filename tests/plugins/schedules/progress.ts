import type { Progress } from "../../../core/plugin.ts";

/** The beginning of epoch `epoch` (0 for the first) of `epochs`, of ten steps each. */
export function beginningOf(epoch: number, epochs: number): Progress {
  return { epoch, epochs, step: 10 * epoch, stepsPerEpoch: 10 };
}

/** Step `step` (0 for the first) of `epochs`, of ten steps each. */
export function stepOf(step: number, epochs: number): Progress {
  return { epoch: Math.floor(step / 10), epochs, step, stepsPerEpoch: 10 };
}
