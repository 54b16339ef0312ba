import { csvOf } from "../../base/csv.ts";
import type { Provenance } from "../provenance.ts";
import { IDENTITY, type Table } from "../table.ts";

const COLUMNS = [
  ...["row", "label", "metric", "unit", "better", "seeds", "mean", "deviation"],
  ...["best", "probability", "reference", "pictures", "mode", "runs", "commit", "data", "engine"],
  "leftOut",
];

/**
 * A table as CSV in long form: a line for each entry, with its provenance.
 */
export function toCsv(table: Table, { commit, data, engines }: Provenance): string {
  const lines: unknown[][] = [COLUMNS];
  for (const { name, label, kind, runs, entries } of table.rows) {
    for (const [column, entry] of entries.entries()) {
      const { name: metric, unit, better } = table.columns[column]!; // as many as entries
      if (entry === null) continue;
      lines.push([
        ...[kind === "identity" ? IDENTITY : name, label, metric, unit, better],
        ...[runs.map(({ seed }) => seed).join(" "), entry.mean, entry.deviation],
        ...[entry.best, entry.probability, table.reference.name, table.pictures, table.mode],
        ...[runs.map(({ address }) => `cells/${address}`).join(" "), commit],
        ...[data.join(" "), engines.join("; "), entry.leftOut],
      ]);
    }
  }
  return csvOf(lines);
}
