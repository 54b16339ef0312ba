import { heading } from "../../evaluate/figures.ts";
import type { Table } from "../table.ts";
import { explain, type Figure, figuresOf } from "./figures.ts";

/** How a terminal is written to. */
export interface TerminalOptions {
  /** Whether it knows bold letters. */
  readonly bold: boolean;
}

/** A table as lines of plain text, in columns. */
export function toText(table: Table, { bold }: TerminalOptions): string[] {
  const columns = [
    ["", ...table.rows.map(({ label }) => label)],
    ...table.columns.map((column, index) => [
      heading(column),
      ...inText(figuresOf(table, index)),
    ]),
  ];
  const best = table.columns.map((_, index) =>
    figuresOf(table, index).map((figure) => figure?.best ?? false)
  );
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => [...cell].length)));
  const line = (row: number): string =>
    columns.map((cells, column) => {
      const text = cells[row]!.padEnd(widths[column]!);
      const isBest = bold && column > 0 && row > 0 && best[column - 1]![row - 1];
      return isBest ? `\x1b[1m${text}\x1b[0m` : text;
    }).join("  ").trimEnd();
  const [head, ...lines] = columns[0]!.map((_, row) => line(row));
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [head!, rule, ...lines, rule, ...explain(table, bold)];
}

/** A column: means below each other to the right, then deviations, then marks. */
function inText(figures: readonly (Figure | null)[]): string[] {
  const widest = (texts: readonly string[]): number =>
    Math.max(0, ...texts.map((text) => text.length));
  const present = figures.filter((figure) => figure !== null);
  const means = widest(present.map(({ mean }) => mean));
  const deviations = widest(present.map(({ deviation }) => deviation));
  return figures.map((figure) => {
    if (figure === null) return "–".padStart(means);
    const { mean, deviation, mark } = figure;
    const spread = deviation === "" ? "" : `± ${deviation.padStart(deviations)}`;
    return [
      mean.padStart(means),
      ...deviations === 0 ? [] : [spread.padEnd(deviations + "± ".length)],
      mark,
    ].join(" ").trimEnd();
  });
}
