/** A sweep as a report shows it: its table, its strips, its cells' runs. */
import { basename, join } from "@std/path";
import { z } from "zod";
import { ParameterValueJson } from "../experiment/parameters.ts";
import {
  type CellDefinition,
  files,
  readAblationRecord,
  readDefinition,
} from "../ablate/folder.ts";
import type { Table } from "../ablate/table.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { Better, Figure } from "../base/json.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { recordPath } from "../runs/run_folder.ts";
import { type Budget, type EmbeddedPicture, embedFile } from "./embed.ts";
import { COLOURS, readRun, type ReportedRun } from "./run.ts";

const Entry = z.object({
  mean: Figure,
  deviation: Figure.nullable(),
  bySeed: z.array(Figure),
  best: z.boolean(),
  probability: z.number().nullable(),
});

const TableFile = z.object({
  title: z.string(),
  columns: z.array(z.object({
    name: z.string(),
    unit: z.string().nullable(),
    better: Better,
  })),
  rows: z.array(z.object({
    name: z.string(),
    label: z.string(),
    kind: z.enum(["identity", "variant"]),
    runs: z.array(z.object({ seed: z.number(), address: z.string() })),
    entries: z.array(Entry.nullable()),
  })),
  reference: z.object({ name: z.string(), label: z.string() }),
  pictures: z.number(),
  mode: z.enum(INFERENCE_MODES),
  warnings: z.array(z.string()),
  commit: z.string().nullable(),
  data: z.array(z.string()),
  engines: z.array(z.string()),
  /** What was set on the command line; tables of earlier versions do not name `limit`. */
  parameters: z.record(z.string(), ParameterValueJson).default({}),
  strips: z.array(z.object({ file: z.string(), name: z.string(), seed: z.number() })),
});

/** A strip of pictures. */
export interface ReportedStrip {
  /** The name of the test pair. */
  readonly name: string;
  readonly picture: EmbeddedPicture;
}

/** A sweep, read. */
export interface ReportedAblation {
  readonly name: string;
  readonly scale: string;
  /** The matrix file as it was launched: its name and text; null if it is not there any more. */
  readonly matrix: { readonly name: string; readonly text: string } | null;
  /** Null before any cell is finished. */
  readonly results: (z.infer<typeof TableFile> & { readonly table: Table }) | null;
  readonly strips: readonly ReportedStrip[];
  readonly runs: readonly ReportedRun[];
}

/** Pixels across of a strip. */
const STRIP_WIDTH = 1600;

/**
 * Reads a sweep and the runs of its cells.
 *
 * @throws {PairlabError} If its record or table is damaged, or no cell has begun.
 */
export async function readAblation(folder: string, budget: Budget): Promise<ReportedAblation> {
  const { name, scale, sources } = await readAblationRecord(folder);
  const results = await readTable(folder);
  const strips: ReportedStrip[] = [];
  for (const { file, name: pair } of results?.strips ?? []) {
    if (budget.left <= 0) break;
    // A path from a file must not lead out of its folder.
    const path = join(files.strips(folder), basename(file));
    const picture = await embedFile(path, { widest: STRIP_WIDTH, budget });
    if (picture !== null) strips.push({ name: pair, picture });
  }
  const matrix = await readMatrix(join(files.sources(folder), sources.matrix));
  return { name, scale, matrix, results, strips, runs: await readCells(folder, results) };
}

async function readMatrix(path: string): Promise<ReportedAblation["matrix"]> {
  try {
    return { name: basename(path), text: await Deno.readTextFile(path) };
  } catch {
    return null;
  }
}

async function readTable(folder: string): Promise<ReportedAblation["results"]> {
  const path = join(folder, "table.json");
  try {
    const results = TableFile.parse(JSON.parse(await Deno.readTextFile(path)));
    return { ...results, table: results };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PairlabError(
      `Cannot read the table "${path}": ${found}, "deno task ablate" writes it anew`,
    );
  }
}

/** The runs of the cells that have begun, by variant, in the order of the table, and seed. */
async function readCells(
  folder: string,
  results: ReportedAblation["results"],
): Promise<ReportedRun[]> {
  const cells: { address: string; definition: CellDefinition }[] = [];
  const path = files.cells(folder);
  // A sweep that was ended while it was planned has none.
  const entries = await exists(path) ? await Array.fromAsync(Deno.readDir(path)) : [];
  for (const { name } of entries) {
    const address = /^([0-9a-f]+)\.json$/.exec(name)?.[1];
    if (address === undefined || !await exists(recordPath(files.run(folder, address)))) continue;
    cells.push({ address, definition: await readDefinition(folder, address) });
  }
  if (cells.length === 0) {
    throw new PairlabError(
      `Cannot report on the ablation "${folder}": no cell has begun, "deno task ablate" trains them`,
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
