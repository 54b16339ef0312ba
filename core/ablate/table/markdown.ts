import { markdownTable } from "markdown-table";
import { heading } from "../../evaluate/figures.ts";
import { describeProvenance, type Provenance } from "../provenance.ts";
import type { Strip } from "../strips.ts";
import type { Table } from "../table.ts";
import { explain, type Figure, figuresOf } from "./figures.ts";

/** What a table stands with. */
export interface TableContext {
  readonly title: string;
  readonly provenance: Provenance;
  readonly strips: readonly Strip[];
}

/** A table as a page of Markdown, with its runs and its strips. */
export function toMarkdown(table: Table, { title, provenance, strips }: TableContext): string {
  const figures = table.columns.map((_, column) => figuresOf(table, column));
  const rows = table.rows.map(({ label }, row) => [
    escape(label),
    ...figures.map((column) => inMarkdown(column[row] ?? null)),
  ]);
  const lines = [
    `# ${title}`,
    "",
    markdownTable([["", ...table.columns.map((column) => escape(heading(column)))], ...rows], {
      align: ["l", ...table.columns.map(() => "r")],
      alignDelimiters: false,
    }),
    "",
    ...explain(table).map((sentence) => `${escape(sentence)}\n`),
    ...describeProvenance(provenance).map((sentence) => `${escape(sentence)}\n`),
    "## Runs",
    "",
    ...table.rows.filter(({ kind }) => kind === "variant").map(({ label, runs }) =>
      `- ${escape(label)}: ${
        runs.map(({ seed, address }) => `seed ${seed} [${address}](cells/${address})`).join(", ") ||
        "none yet"
      }`
    ),
    ...strips.length === 0 ? [] : ["", "## Samples", ""],
    ...strips.map(({ file, name, columns }) =>
      `![${escape(name)}: ${
        columns.map(({ title }) => escape(title)).join(", ")
      }](strips/${file})\n`
    ),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function inMarkdown(figure: Figure | null): string {
  if (figure === null) return "–";
  const { mean, deviation, mark, best } = figure;
  const value = deviation === "" ? mean : `${mean} ± ${deviation}`;
  return `${best ? `**${value}**` : value}${mark === "" ? "" : ` ${escape(mark)}`}`;
}

function escape(text: string): string {
  return text.replace(/[\\|*_`[\]<>]/g, "\\$&").replace(/\s+/g, " ");
}
