/** An evaluation as lines of plain text. */
import type { Better, InferenceMode } from "../plugin.ts";
import { describeMode } from "../inference_modes.ts";
import type { Interval } from "./bootstrap.ts";
import { type EvaluationReport, type RunIdentity, shortFingerprint } from "./report.ts";
import type { Difference, MetricSummary } from "./summary.ts";

/** All that a person at a terminal should see of an evaluation. */
export function describeReport(report: EvaluationReport): string[] {
  const { run, against, names, split, engine, commit, warnings } = report;
  return [
    describeRun("Run", run),
    ...against === null ? [] : [describeRun("Against", against)],
    `${names.length} ${split} picture${
      names.length === 1 ? "" : "s"
    }, evaluated on ${engine.name} ${engine.version}, commit ${shortCommit(commit)}`,
    ...report.modes.flatMap((mode) => ["", ...describeOneMode(report, mode)]),
    "",
    `Intervals: ${report.intervals}. ↑ higher is better, ↓ lower, → nearer; a difference marked ${MARKS.better} is better, ${MARKS.worse} worse, beyond doubt at this level`,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

const MARKS = { better: "✓", worse: "✗", unclear: " " } as const;

function describeRun(
  label: string,
  { folder, checkpoint, weights, data, engine, commit }: RunIdentity,
): string {
  return `${label}: ${folder}, ${checkpoint.name}${
    weights === "averaged" ? ", averaged weights" : ""
  }, data ${shortFingerprint(data.fingerprint)}, trained on ${engine}, commit ${
    shortCommit(commit)
  }`;
}

function shortCommit(commit: string | null): string {
  return commit === null ? "unknown" : commit.replace(/^(.{10})[^+]*/, "$1");
}

function describeOneMode(report: EvaluationReport, mode: InferenceMode): string[] {
  const { metrics, against } = report;
  const differs = ["difference", "95 %"];
  const header = [
    ...["metric", "mean", "± sd", "95 %"],
    ...metrics.some(({ identity }) => identity !== null) ? ["input as it is", ...differs] : [],
    ...against === null ? [] : ["other run", ...differs],
  ];
  const rows = metrics.map((metric) => rowOf(metric, mode, header.length));
  return [`${mode} (${describeMode(mode)})`, ...align([header, ...rows])];
}

function rowOf(metric: MetricSummary, mode: InferenceMode, length: number): string[] {
  const summary = metric.modes[mode]!; // of this report's modes
  const number = (value: number): string => formatNumber(value, digitsFor(summary.mean));
  const range = (interval: Interval | null): string =>
    interval === null ? "" : `[${number(interval.low)}, ${number(interval.high)}]`;
  const difference = (from: Difference | null): string[] =>
    from === null ? ["", ""] : [
      `${from.mean > 0 ? "+" : ""}${number(from.mean)}${MARKS[from.verdict]}`,
      range(from.interval),
    ];
  const { identity, other } = metric;
  const otherMean = other?.[mode]?.mean;
  const cells = [
    heading(metric),
    number(summary.mean),
    summary.deviation === null ? "" : number(summary.deviation),
    range(summary.interval),
    ...identity === null ? [] : [number(identity.mean), ...difference(summary.fromIdentity)],
    ...otherMean === undefined ? [] : [number(otherMean), ...difference(summary.fromOther)],
  ];
  return [...cells, ...Array<string>(length - cells.length).fill("")];
}

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

/** Four digits of the mean: its own and its deviation's stand below each other. */
function digitsFor(mean: number): number {
  const size = Math.floor(Math.log10(Math.max(Math.abs(mean), 1e-3)));
  return Number.isFinite(size) ? Math.min(4, Math.max(0, 3 - size)) : 2;
}

/** A number with so many digits after the point. */
export function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  return Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? "∞" : "-∞";
}

/** Columns below each other, the first to the left, all others to the right. */
export function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((cells) => [...cells[column]!].length))
  );
  return rows.map((cells) =>
    cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  ).map((line) => `  ${line}`);
}
