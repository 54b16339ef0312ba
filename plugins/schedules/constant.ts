import type { Schedule } from "../../core/plugin.ts";

/**
 * A constant rate: a plain number as a schedule.
 *
 * @param rate Learning rate.
 *
 * @example
 * ```ts
 * import { constant } from "./constant.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const rate = constant(2e-4);
 * assertEquals(rate({ epoch: 150, epochs: 200, step: 60_000, stepsPerEpoch: 400 }), 2e-4);
 * ```
 */
export function constant(rate: number): Schedule {
  return () => rate;
}
