/** In which steps a training is measured. */

/** The first measurement. */
const FIRST = 10;

/**
 * Whether a step is measured: step 10, 15, 22, 33, …, each half as far again, until they are `every`
 * apart. A short training is measured often enough, and a long one at a cost that stays small.
 *
 * @example
 * ```ts
 * import { isMeasured } from "./schedule.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const steps = Array.from({ length: 200 }, (_, index) => index + 1);
 * assertEquals(steps.filter((step) => isMeasured(step, 40)), [10, 15, 22, 33, 49, 73, 109, 149, 189]);
 * ```
 */
export function isMeasured(step: number, every: number): boolean {
  let measured = Math.min(FIRST, every);
  while (measured < step) measured += Math.max(1, Math.min(every, Math.floor(measured / 2)));
  return measured === step;
}
