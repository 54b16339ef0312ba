/** Formats numbers, names of metrics, and provenance. */
import type { Better } from "../interfaces/metrics.ts";
import { shortCommit, shortHash } from "../runs/provenance.ts";
import type { RunIdentity } from "./report.ts";

/** `psnr (dB) ↑`: a metric, its unit and direction. */
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
 * The decimals that show four digits of a value. Its deviation and interval are shown with as many.
 */
export function fourDigitsOf(value: number): number {
  const size = Math.floor(Math.log10(Math.max(Math.abs(value), 1e-3)));
  return Number.isFinite(size) ? Math.min(4, Math.max(0, 3 - size)) : 2;
}

/**
 * Formats a number with some decimals.
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
  // No negative zero.
  return value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "");
}

/** The provenance of a run's figures in a line: `Run: runs/rose, epoch-0100, data e47200d2877e, …`. */
export function describeRun(
  label: string,
  { folder, checkpoint, weights, data, engine, commit }: RunIdentity,
): string {
  return `${label}: ${folder}, ${checkpoint.name}${
    weights === "averaged" ? ", averaged weights" : ""
  }, data ${shortHash(data.fingerprint)}, trained on ${engine}, commit ${shortCommit(commit)}`;
}

/** A metric of which values may be left out. */
interface Counted {
  readonly name: string;
  readonly modes: Readonly<Record<string, CountedMode | undefined>>;
  readonly identity: { readonly leftOut: number } | null;
  readonly other: Readonly<Record<string, { readonly leftOut: number } | undefined>> | null;
}

interface CountedMode {
  readonly leftOut: number;
  readonly fromIdentity: { readonly leftOut: number } | null;
  readonly fromOther: { readonly leftOut: number } | null;
}

/** The NaN and infinite values that figures leave out: `psnr of 1 prediction, 2 differences`. */
export function describeLeftOut(metrics: readonly Counted[], mode: string): string | null {
  const of = ({ name, modes, identity, other }: Counted): string[] => {
    const own = modes[mode];
    const counts = [
      [own?.leftOut, "prediction"],
      [identity?.leftOut, "input"],
      [own?.fromIdentity?.leftOut, "difference from the input", "differences from the input"],
      [other?.[mode]?.leftOut, "prediction of the other run", "predictions of the other run"],
      [own?.fromOther?.leftOut, "difference from the other run", "differences from the other run"],
    ] as const;
    const words = counts.flatMap(([count = 0, one, many]) =>
      count === 0 ? [] : [`${count} ${count === 1 ? one : many ?? `${one}s`}`]
    );
    return words.length === 0 ? [] : [`${name} of ${words.join(", ")}`];
  };
  const all = metrics.flatMap(of);
  return all.length === 0 ? null : `Infinite or undefined, and left out: ${all.join("; ")}`;
}
