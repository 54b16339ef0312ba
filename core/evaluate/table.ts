/** An evaluation as plain text. */
import { describeMode } from "../model/inference_modes.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { shortCommit } from "../runs/provenance.ts";
import type { Interval } from "./bootstrap.ts";
import { describeLeftOut, describeRun, formatNumber, fourDigitsOf, heading } from "./figures.ts";
import type { EvaluationReport } from "./report.ts";
import type { Difference, MetricSummary } from "./summary.ts";

/** The lines that `evaluate` prints. */
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
    `Intervals: ${report.intervals}. ↑ higher is better, ↓ lower, → nearer; a difference is marked ${MARKS.better} better or ${MARKS.worse} worse if its interval excludes 0`,
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}

const MARKS = { better: "✓", worse: "✗", unclear: " " } as const;

function describeOneMode(report: EvaluationReport, mode: InferenceMode): string[] {
  const { metrics, against } = report;
  const differs = ["difference", "95 %"];
  const header = [
    ...["metric", "mean", "± sd", "95 %"],
    ...metrics.some(({ identity }) => identity !== null) ? ["input as it is", ...differs] : [],
    ...against === null ? [] : ["other run", ...differs],
  ];
  const rows = metrics.map((metric) => rowOf(metric, mode, header.length));
  const leftOut = describeLeftOut(metrics, mode);
  return [
    `${mode} (${describeMode(mode)})`,
    ...align([header, ...rows]),
    ...leftOut === null ? [] : [`  ${leftOut}`],
  ];
}

function rowOf(metric: MetricSummary, mode: InferenceMode, length: number): string[] {
  const summary = metric.modes[mode]!; // of this report's modes
  const number = (value: number): string => formatNumber(value, fourDigitsOf(summary.mean));
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

/** Aligns columns, the first to the left, the others to the right. */
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
