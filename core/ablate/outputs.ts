/** The outputs of a sweep: its table in several formats, and strips of pictures. */
import { join } from "@std/path";
import { writeTextDurably } from "../base/files.ts";
import { figuresJson } from "../base/json.ts";
import type { Ablation } from "./ablation.ts";
import type { Cell } from "./cells.ts";
import type { AblationRecord } from "./folder.ts";
import { type Provenance, provenanceOf } from "./provenance.ts";
import { readResult } from "./cell_result.ts";
import { drawStrips, type Strip } from "./strips.ts";
import { type FinishedCell, makeTable, type Table } from "./table.ts";
import { toCsv } from "./table/csv.ts";
import { toLatex } from "./table/latex.ts";
import { toMarkdown } from "./table/markdown.ts";

/** A table and its provenance. */
export interface Outputs {
  readonly table: Table;
  readonly provenance: Provenance;
  readonly strips: readonly Strip[];
}

/**
 * Writes table.md, .tex, .csv, .json and the strips of the finished cells; null if there are none.
 */
export async function writeOutputs(
  folder: string,
  { title, reference, mode, cells, record }:
    & Pick<Ablation, "title" | "reference" | "mode">
    & { readonly cells: readonly Cell[]; readonly record: AblationRecord },
): Promise<Outputs | null> {
  const finished: FinishedCell[] = [];
  for (const { address, definition } of cells) {
    const result = await readResult(folder, address);
    if (result !== null) finished.push({ address, definition, result });
  }
  if (finished.length === 0) return null;
  const labels = new Map(cells.map(({ definition }) => [definition.variant, definition.label]));
  const variants = [...labels].map(([name, label]) => ({ name, label }));
  const provenance = provenanceOf(record, finished);
  const table = makeTable({ variants, reference, mode, cells: finished });
  const strips = await drawStrips(folder, variants, { cells: finished, provenance });
  const context = { title, provenance, strips };
  const texts: Record<string, string> = {
    "table.md": toMarkdown(table, context),
    "table.tex": toLatex(table, context),
    "table.csv": toCsv(table, provenance),
    "table.json": figuresJson({ title, ...table, ...provenance, strips }),
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeTextDurably(join(folder, name), text);
  }
  return { table, provenance, strips };
}
