/** Strips: a test picture as predicted by every variant, side by side. */
import { join } from "@std/path";
import { decodePicture } from "../pictures/decode.ts";
import { writePicture } from "../pictures/encode.ts";
import { composePanel, type PanelColumn } from "../pictures/panel.ts";
import { writeTextDurably } from "../base/files.ts";
import { stripPart } from "./evaluate_cell.ts";
import { files } from "./folder.ts";
import { describeProvenance, type Provenance } from "./provenance.ts";
import type { FinishedCell } from "./table.ts";

/** A strip. */
export interface Strip {
  /** Its file in `strips/`. */
  readonly file: string;
  /** The name of the test pair. */
  readonly name: string;
  /** The pictures; those of variants name their run. */
  readonly columns: readonly { readonly title: string; readonly run?: string }[];
  readonly seed: number;
}

/**
 * Draws strips (input, each variant, ground truth) for the seed with the most finished variants, and
 * writes a list of their contents.
 */
export async function drawStrips(
  folder: string,
  variants: readonly { readonly name: string; readonly label: string }[],
  { cells, provenance }: {
    readonly cells: readonly FinishedCell[];
    readonly provenance: Provenance;
  },
): Promise<Strip[]> {
  const seed = commonSeed(cells);
  const shown = variants.flatMap(({ name, label }) => {
    const cell = cells.find(({ definition }) =>
      definition.variant === name && definition.seed === seed
    );
    return cell === undefined ? [] : [{ label, cell }];
  });
  const [first] = shown;
  if (seed === undefined || first === undefined) return [];
  await Deno.mkdir(files.strips(folder), { recursive: true });
  const strips: Strip[] = [];
  for (const [index, name] of first.cell.result.strip.entries()) {
    const columns: (PanelColumn & { readonly run?: string })[] = [];
    const part = async (of: FinishedCell, which: "input" | "target" | "prediction") =>
      await decodePicture(stripPart(files.run(folder, of.address), index, which));
    columns.push({ title: "Input", picture: await part(first.cell, "input") });
    for (const { label, cell } of shown) {
      // A variant with other data has other pictures.
      if (cell.result.strip[index] !== name) continue;
      const picture = await part(cell, "prediction");
      columns.push({ title: label, picture, run: `cells/${cell.address}` });
    }
    columns.push({ title: "Ground truth", picture: await part(first.cell, "target") });
    const file = `${index}.png`;
    await writePicture(join(files.strips(folder), file), await composePanel(columns), {
      description: [
        `${name}, seed ${seed}: ${
          columns.map(({ title, run = "data" }) => `${title} (${run})`).join(", ")
        }.`,
        ...describeProvenance(provenance),
      ].join(" "),
    });
    const named = columns.map(({ title, run }) => run === undefined ? { title } : { title, run });
    strips.push({ file, name, columns: named, seed });
  }
  const list = { ...provenance, strips };
  const text = `${JSON.stringify(list, null, 2)}\n`;
  await writeTextDurably(join(files.strips(folder), "strips.json"), text);
  return strips;
}

/** The most common seed of cells; the lowest of several. */
function commonSeed(cells: readonly FinishedCell[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { definition: { seed } } of cells) counts.set(seed, (counts.get(seed) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0];
}
