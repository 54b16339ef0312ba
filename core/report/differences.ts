/** Differences between the settings and sources of runs. */
import { diffArrays } from "diff";
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

/** The line difference of two texts; null if more than `most` lines differ. */
export function diffLines(from: string, to: string, most = Infinity): DiffLine[] | null {
  return diffArrays(from.split("\n"), to.split("\n"), { maxEditLength: most })?.flatMap(
    ({ added, removed, value }) =>
      value.map((
        text,
      ) => ({ kind: added ? "added" : removed ? "removed" : "same", text } as const)),
  ) ?? null;
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
