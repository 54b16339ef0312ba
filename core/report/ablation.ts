/** A sweep as a report shows it: its table, its strips, the runs of its cells. */
import { join } from "@std/path";
import { z } from "zod";
import {
  type CellDefinition,
  files,
  readAblationRecord,
  readDefinition,
} from "../ablate/folder.ts";
import { Provenance } from "../ablate/provenance.ts";
import { Table } from "../ablate/table.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { entriesIn, exists, ifThere, pathWithin } from "../base/files.ts";
import { recordPath } from "../runs/run_folder.ts";
import { type Budget, type EmbeddedPicture, embedFile } from "./embed.ts";
import { COLOURS, readRun, type ReportedRun } from "./run.ts";

const TableFile = Table.extend({
  title: z.string(),
  ...Provenance.omit({ name: true, scale: true, sources: true }).shape,
  strips: z.array(z.object({ file: z.string(), name: z.string(), seed: z.number() })),
});

/** A strip of pictures. */
export interface ReportedStrip {
  /** The name of the test pair. */
  readonly name: string;
  readonly picture: EmbeddedPicture;
}

/** A sweep. */
export interface ReportedAblation {
  readonly name: string;
  readonly scale: string;
  /** The name and text of the matrix file when the sweep was launched. */
  readonly matrix: { readonly name: string; readonly text: string };
  /** Null before any cell is finished. */
  readonly results: z.infer<typeof TableFile> | null;
  readonly strips: readonly ReportedStrip[];
  readonly runs: readonly ReportedRun[];
}

/** Width of a strip, pixels. */
const STRIP_WIDTH = 1600;

/**
 * Reads a sweep and the runs of its cells.
 *
 * @throws {PairlabError} If its record or table is damaged, or no cell has started.
 */
export async function readAblation(folder: string, budget: Budget): Promise<ReportedAblation> {
  const record = await readAblationRecord(folder);
  const { name, scale } = record;
  const results = await readTable(folder);
  const strips: ReportedStrip[] = [];
  for (const { file, name: pair } of results?.strips ?? []) {
    if (budget.left <= 0) break;
    const path = await pathWithin(files.strips(folder), file);
    const picture = path === null ? null : await embedFile(path, { widest: STRIP_WIDTH, budget });
    if (picture !== null) strips.push({ name: pair, picture });
  }
  const { file, sources } = record;
  const matrix = { name: file.split(/[\\/]/).at(-1) ?? file, text: sources.source };
  return { name, scale, matrix, results, strips, runs: await readCells(folder, results) };
}

async function readTable(folder: string): Promise<ReportedAblation["results"]> {
  const path = join(folder, "table.json");
  try {
    const text = await ifThere(Deno.readTextFile(path));
    return text === undefined ? null : TableFile.parse(JSON.parse(text));
  } catch (error) {
    throw new PairlabError(
      `Cannot read the table "${path}": ${
        messageOf(error)
      }. Run "deno task ablate" on the folder to write it again.`,
    );
  }
}

/** The runs of the cells that have started, by variant in the order of the table, and by seed. */
async function readCells(
  folder: string,
  results: ReportedAblation["results"],
): Promise<ReportedRun[]> {
  const cells: { address: string; definition: CellDefinition }[] = [];
  // Missing if the sweep stopped before its cells were written.
  for (const { name } of await entriesIn(files.cells(folder))) {
    const address = /^([0-9a-f]+)\.json$/.exec(name)?.[1];
    if (address === undefined || !await exists(recordPath(files.run(folder, address)))) continue;
    cells.push({ address, definition: await readDefinition(folder, address) });
  }
  if (cells.length === 0) {
    throw new PairlabError(
      `Cannot report on the ablation "${folder}": no cell has started. Run "deno task ablate" on it first.`,
    );
  }
  const order = (results?.rows ?? []).map(({ name }) => name);
  cells.sort(({ definition: a }, { definition: b }) =>
    order.indexOf(a.variant) - order.indexOf(b.variant) || a.label.localeCompare(b.label, "en") ||
    a.seed - b.seed
  );
  const variants = [...new Set(cells.map(({ definition }) => definition.variant))];
  const seeds = [...new Set(cells.map(({ definition }) => definition.seed))].sort((a, b) => a - b);
  return await Promise.all(
    cells.map(({ address, definition: { variant, label, seed } }) =>
      readRun(files.run(folder, address), {
        label: `${label}, seed ${seed}`,
        look: { colour: variants.indexOf(variant) % COLOURS, dash: seeds.indexOf(seed) },
      })
    ),
  );
}
