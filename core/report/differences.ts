/** Differences between the settings and sources of runs. */
import type { RunRecord } from "../runs/run_folder.ts";
import { lastExperiment } from "../runs/history.ts";
import { parametersNow } from "./ending.ts";
import type { ReportedRun } from "./run.ts";

/** One setting of all runs. */
export interface Setting {
  readonly name: string;
  /** By run; "" where a run does not have it. */
  readonly values: readonly string[];
}

/** Settings of some runs. */
export interface Settings {
  readonly different: readonly Setting[];
  readonly same: readonly Setting[];
}

/** All settings of the runs, split by whether they differ. */
export function compareSettings(runs: readonly ReportedRun[]): Settings {
  const parameters = runs.map(({ record }) => parametersNow(record));
  const names = new Set(parameters.flatMap(Object.keys));
  const settings: Setting[] = [
    { name: "experiment", values: runs.map(({ record }) => record.experiment.name) },
    ...[...names].map((name) => ({
      name,
      values: parameters.map((own) => {
        const value = own[name];
        return value === undefined ? "" : String(value);
      }),
    })),
    {
      name: "limit",
      values: runs.map(({ record }) => record.limit === null ? "none" : String(record.limit)),
    },
    ...runs.every(({ record }) => weightsOf(record) === "")
      ? []
      : [{ name: "weights that predict", values: runs.map(({ record }) => weightsOf(record)) }],
  ];
  const differs = ({ values }: Setting): boolean => new Set(values).size > 1;
  return {
    different: settings.filter(differs),
    same: settings.filter((setting) => !differs(setting)),
  };
}

/** `averaged` or `trained`; "" where the record does not say. */
function weightsOf(record: RunRecord): string {
  const { predictions } = lastExperiment(record);
  return [...new Set(predictions.flatMap(({ weights }) => weights ?? []))].join(", ");
}

/** A line of a text against another text. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
}

/** The most lines of a compared text: memory grows with the product of the lengths. */
const MOST_LINES = 2000;

/**
 * The line difference of two texts by their longest common subsequence; null of texts that are too
 * long.
 */
export function diffLines(from: string, to: string): DiffLine[] | null {
  const a = from.split("\n"), b = to.split("\n");
  if (a.length > MOST_LINES || b.length > MOST_LINES) return null;
  // common[i][j]: the length of the longest common subsequence of a from i and b from j.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i++]! });
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: a[i++]! });
    } else lines.push({ kind: "added", text: b[j++]! });
  }
  return lines;
}

/** The changed lines with context; null for a gap. */
export function withContext(lines: readonly DiffLine[], around = 2): (DiffLine | null)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1)
      .some(({ kind }) => kind !== "same")
  );
  return lines.flatMap((line, index) =>
    near[index] ? [line] : index > 0 && near[index - 1] ? [null] : []
  );
}
