/** Numbers, the names of metrics, and where they come from, as people write them. */
import type { Better } from "../interfaces/metrics.ts";
import { shortCommit, shortHash } from "../runs/provenance.ts";
import type { RunIdentity } from "./report.ts";

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
 * const texts = [21.34, -0.04, Infinity, NaN].map((value) => formatNumber(value, 1));
 * assertEquals(texts, ["21.3", "0.0", "∞", "–"]);
 * ```
 */
export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  // Nothing is shown as less than nothing.
  return value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "");
}

/** `Run: runs/rose, epoch-0100, data e47200d2877e, …`: what figures of a run stand on, in a line. */
export function describeRun(
  label: string,
  { folder, checkpoint, weights, data, engine, commit }: RunIdentity,
): string {
  return `${label}: ${folder}, ${checkpoint.name}${
    weights === "averaged" ? ", averaged weights" : ""
  }, data ${shortHash(data.fingerprint)}, trained on ${engine}, commit ${shortCommit(commit)}`;
}
