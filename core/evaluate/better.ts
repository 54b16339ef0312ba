/** Compares values of a metric. */
import type { Better } from "../interfaces/metrics.ts";

/**
 * A score that is higher for better values.
 *
 * @example
 * ```ts
 * import { scoreOf } from "./better.ts";
 * import { assert } from "@std/assert";
 *
 * assert(scoreOf(30, "higher") > scoreOf(20, "higher"));
 * assert(scoreOf(20, "lower") > scoreOf(30, "lower"));
 * assert(scoreOf(1.1, 1) > scoreOf(0.5, 1));
 * ```
 */
export function scoreOf(value: number, better: Better): number {
  if (better === "higher") return value;
  return better === "lower" ? -value : -Math.abs(value - better);
}
