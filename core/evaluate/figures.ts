/** Numbers and the names of metrics as people write them. */
import type { Better } from "../plugin.ts";

/** `psnr (dB) ↑`: the name of a metric, and which values are better. */
export function heading(
  { name, unit, better }: {
    readonly name: string;
    readonly unit: string | null;
    readonly better: Better;
  },
): string {
  const arrow = better === "higher" ? "↑" : better === "lower" ? "↓" : `→ ${better}`;
  return `${name}${unit === null ? "" : ` (${unit})`} ${arrow}`;
}

/**
 * Digits after the point that show four of a number: what stands below it, its deviation and its
 * interval, is shown with as many.
 */
export function fourDigitsOf(value: number): number {
  const size = Math.floor(Math.log10(Math.max(Math.abs(value), 1e-3)));
  return Number.isFinite(size) ? Math.min(4, Math.max(0, 3 - size)) : 2;
}

/**
 * A number with so many digits after the point.
 *
 * @example
 * ```ts
 * import { formatNumber } from "./figures.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([21.345, Infinity, NaN].map((value) => formatNumber(value, 1)), ["21.3", "∞", "–"]);
 * ```
 */
export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  return Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? "∞" : "-∞";
}
