/** Formats the numbers of a table, with the same digits down a column. */
import { medianOf } from "../../evaluate/statistics.ts";
import { formatNumber } from "../../evaluate/figures.ts";
import { describeMode } from "../../model/inference_modes.ts";
import { LEVEL, type Table, type TableEntry } from "../table.ts";

/** Levels of significance and their marks. */
const MARKS: readonly (readonly [level: number, mark: string])[] = [
  [0.001, "***"],
  [0.01, "**"],
  [0.05, "*"],
];

/** A formatted entry, in parts. */
export interface Figure {
  /** `21.34`. */
  readonly mean: string;
  /** `0.12`; "" of a single seed. */
  readonly deviation: string;
  /** `**`, or "". */
  readonly mark: string;
  readonly best: boolean;
}

/** The entries of a column, top to bottom; null where nothing was measured. */
export function figuresOf({ rows }: Table, column: number): (Figure | null)[] {
  const entries = rows.map(({ entries }) => entries[column] ?? null);
  const digits = digitsOf(entries.filter((entry) => entry !== null));
  return entries.map((entry) =>
    entry === null ? null : {
      mean: formatNumber(entry.mean, digits),
      deviation: entry.deviation === null || Number.isNaN(entry.deviation)
        ? ""
        : formatNumber(entry.deviation, digits),
      mark: markOf(entry.probability),
      best: entry.best,
    }
  );
}

/** Two digits of the typical deviation; without one, four of the largest number. */
function digitsOf(entries: readonly TableEntry[]): number {
  const deviations = entries.map(({ deviation }) => deviation ?? 0)
    .filter((deviation) => deviation > 0);
  const typical = medianOf(deviations);
  const largest = Math.max(
    ...entries.map(({ mean }) => Math.abs(mean)).filter(Number.isFinite),
    1e-3,
  );
  const digits = typical === undefined
    ? 3 - Math.floor(Math.log10(largest))
    : 1 - Math.floor(Math.log10(typical));
  return Math.min(Math.max(digits, 0), 4);
}

function markOf(probability: number | null): string {
  if (probability === null) return "";
  return MARKS.find(([level]) => probability < level)?.[1] ?? "";
}

/** Explains the figures and marks of a table. @param bold Whether the best are bold. */
export function explain(table: Table, bold: boolean = true): string[] {
  const { rows, reference, pictures, mode } = table;
  const seeds = new Set(rows.flatMap(({ runs }) => runs.map(({ seed }) => seed)));
  const listed = [...seeds].sort((a, b) => a - b).join(", ");
  const incomplete = rows.filter(({ kind, runs }) => kind === "variant" && runs.length < seeds.size)
    .map(({ label, runs }) => `${label} has ${runs.length} of ${seeds.size} seeds`);
  return [
    `Mean over ${pictures} test pictures${
      seeds.size > 1
        ? ` and the seeds ${listed}, ± sample deviation over the seeds`
        : ` of the seed ${listed}`
    }${
      bold
        ? `; bold: better than every other variant, p < ${LEVEL} by the signed-rank test with Holm's correction`
        : ""
    }. Predicted in the mode "${mode}" (${describeMode(mode)}).`,
    ...testedIn(
      rows,
      reference,
      `* p < 0.05, ** p < 0.01, *** p < 0.001 of the difference from "${reference.label}": Wilcoxon's signed-rank test over the test pictures, each averaged over its seeds, two-sided, with Holm's correction over the rows. It speaks of pictures; of other trainings, the deviation over the seeds does.`,
    ),
    ...incomplete.length === 0 ? [] : [`Incomplete: ${incomplete.join(", ")}.`],
    ...leftOutOf(table),
  ];
}

/** The values that means leave out. */
function leftOutOf({ rows, columns, pictures }: Table): string[] {
  const counts = columns.flatMap(({ name }, column) =>
    rows.flatMap(({ label, runs, entries }) => {
      const leftOut = entries[column]?.leftOut ?? 0;
      const values = pictures * Math.max(runs.length, 1);
      return leftOut === 0 ? [] : [`${name} of "${label}" ${leftOut} of ${values} values`];
    })
  );
  return counts.length === 0 ? [] : [`Infinite or undefined, and left out: ${counts.join(", ")}.`];
}

/** What the marks mean, or why nothing was tested. */
function testedIn(rows: Table["rows"], reference: Table["reference"], marks: string): string[] {
  const tested = rows.some(({ entries }) =>
    entries.some((entry) => typeof entry?.probability === "number")
  );
  if (tested) return [marks];
  const isThere = rows.some(({ name, runs }) => name === reference.name && runs.length > 0);
  return isThere
    ? []
    : [`No difference is tested: the reference, "${reference.label}", is not in the table.`];
}
