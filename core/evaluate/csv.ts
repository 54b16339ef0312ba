/** The values of single pictures, as CSV. */
import { csvOf } from "../base/csv.ts";
import type { EvaluationReport } from "./report.ts";

/** A line for each picture and mode, with the provenance of its values (RFC 4180). */
export function toCsv(
  { run, data, engine, names, modes, split, metrics }: EvaluationReport,
): string {
  const single = metrics.filter(({ of }) => of === "pictures");
  const provenance = [run.folder, run.checkpoint.name, run.commit, data.fingerprint];
  const line = (prediction: string, index: number, values: (number | undefined)[]): unknown[] => [
    ...provenance,
    `${engine.name} ${engine.version}`,
    split,
    names[index],
    prediction,
    ...values,
  ];
  const lines: unknown[][] = [[
    ...["run", "checkpoint", "commit", "data", "engine", "split", "picture", "prediction"],
    ...single.map(({ name }) => name),
  ]];
  for (const index of names.keys()) {
    for (const mode of modes) {
      lines.push(line(mode, index, single.map((metric) => metric.modes[mode]?.values?.[index])));
    }
    if (single.some(({ identity }) => identity !== null)) {
      lines.push(line("input", index, single.map(({ identity }) => identity?.values?.[index])));
    }
  }
  return csvOf(lines);
}
