import { heading } from "../../evaluate/figures.ts";
import { describeProvenance } from "../provenance.ts";
import type { Table } from "../table.ts";
import { explain, type Figure, figuresOf } from "./figures.ts";
import type { TableContext } from "./markdown.ts";

/** A table for a paper: booktabs, the figures in math mode, where they come from in comments. */
export function toLatex(table: Table, { title, provenance }: TableContext): string {
  const figures = table.columns.map((_, column) => figuresOf(table, column));
  const row = (cells: readonly string[]): string => `  ${cells.join(" & ")} \\\\`;
  const runs = table.rows.map(({ label, runs }) =>
    `${label}: ${runs.map(({ seed, address }) => `seed ${seed} ${address}`).join(", ") || "inputs"}`
  );
  const lines = [
    ...[...describeProvenance(provenance), ...runs].map((text) => `% ${text.replace(/\s+/g, " ")}`),
    "% \\usepackage{booktabs}",
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escape(title)}. ${explain(table).map(escape).join(" ")}}`,
    `  \\label{tab:${provenance.name.replaceAll("_", "-")}}`,
    `  \\begin{tabular}{l${"r".repeat(table.columns.length)}}`,
    "  \\toprule",
    row(["", ...table.columns.map((column) => escape(heading(column)))]),
    "  \\midrule",
    ...table.rows.map(({ label }, index) =>
      row([escape(label), ...figures.map((column) => inLatex(column[index] ?? null))])
    ),
    "  \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
  ];
  return `${lines.join("\n")}\n`;
}

function inLatex(figure: Figure | null): string {
  if (figure === null) return "--";
  const { mean, deviation, mark, best } = figure;
  const number = mean.replace("∞", "\\infty");
  const value = deviation === "" ? number : `${number} \\pm ${deviation}`;
  // Without a width of its own, so that the figures above each other stay so.
  const marked = mark === "" ? "" : `\\rlap{$^{${mark}}$}`;
  return best ? `$\\mathbf{${value}}$${marked}` : `$${value}$${marked}`;
}

const COMMANDS: ReadonlyMap<string, string> = new Map([
  ["\\", "\\textbackslash{}"],
  ["~", "\\textasciitilde{}"],
  ["^", "\\textasciicircum{}"],
  ["±", "$\\pm$"],
  ["×", "$\\times$"],
  ["↑", "$\\uparrow$"],
  ["↓", "$\\downarrow$"],
  ["→", "$\\to$"],
  ["<", "$<$"],
  [">", "$>$"],
  ['"', "''"],
]);

function escape(text: string): string {
  return text.replace(/\s+/g, " ")
    .replace(/"([^"]*)"/g, "``$1''")
    .replace(/[\\~^±×↑↓→<>"]|[&%$#_{}]/g, (sign) => COMMANDS.get(sign) ?? `\\${sign}`);
}
