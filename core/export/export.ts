/** Exporting a generator: written, opened again, compared, described. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { exists, writeFolderDurably } from "../base/files.ts";
import type { Picture } from "../interfaces/pictures.ts";
import type { RunRecord } from "../runs/run_folder.ts";
import { readFigures, writeCard } from "./card.ts";
import type { ExportFormat, ExportParts } from "./format.ts";
import { type ExportedGenerator, generatorGraph, levelsFunction } from "./generator.ts";
import { describeParity, measureParity, type Parity } from "./parity.ts";

/** How a generator is exported. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** Where the export goes; nothing is there. */
  readonly folder: string;
  /** Pictures of the network's size, on which the export is compared. */
  readonly pictures: readonly Picture[];
  /** The run that trained it, and its folder. */
  readonly run: { readonly folder: string; readonly record: RunRecord } | null;
  readonly weights: string | null;
  readonly licence: string;
  /** Pairlab's version. */
  readonly version: string;
  /** Store weights in 16 bits, if the format can. @default false */
  readonly halves?: boolean | undefined;
  /** Replace an export at that place. @default false */
  readonly overwrite?: boolean | undefined;
}

/** What was exported. */
export interface Exported {
  /** Null where the format cannot be run here. */
  readonly parity: Parity | null;
  /** The difference in words, or why it is not known. */
  readonly difference: string;
  /** Bytes of the network's files. */
  readonly bytes: number;
  /** Why only one size is taken; null if any multiple is. */
  readonly fixed: string | null;
}

/** Beside the card in every export; its presence says that a folder may be replaced. */
const MARK = "pairlab-export.json";

/**
 * Exports a generator into a folder of its own: the network, a card, examples. All of it appears at
 * the end, or nothing.
 *
 * @throws {PairlabError} If the format cannot hold the network, the export differs by more than one
 * level from the network, or something is in the folder.
 */
export async function exportGenerator(
  generator: ExportedGenerator,
  options: ExportOptions,
): Promise<Exported> {
  const { format, folder, pictures, run, version } = options;
  const halves = options.halves === true && format.storesHalves;
  await checkReplaceable(folder, options.overwrite === true);
  const graph = await generatorGraph(generator);
  const experiment = run?.record.experiment.name ?? "a generator";
  const about = {
    experiment,
    mode: generator.mode,
    weights: options.weights ?? "unknown",
    step: String(generator.description.step),
    licence: options.licence,
    levels: "0…255 in and out, float32 [batch, height, width, channels]",
  };
  const parts: ExportParts = {
    generator,
    graph,
    version,
    halves,
    description: `${experiment}, a generator of Pairlab: pictures to pictures, levels of 0…255.`,
    metadata: about,
  };
  let exported: Exported | undefined;
  await writeFolderDurably(folder, async (beside) => {
    // Written twice: what the comparison finds is part of the file.
    await format.write(beside, parts);
    const network = await format.open(beside, parts);
    const parity = typeof network === "string"
      ? null
      : await measureParity(network, levelsFunction(generator), pictures);
    const difference = parity === null
      ? `not measured: ${network}`
      : `${describeParity(parity)} (run by ${format.comparedBy})`;
    await format.write(beside, { ...parts, metadata: { ...about, difference } });
    const bytes = await sizeOf(beside);
    exported = { parity, difference, bytes, fixed: graph.fixed };
    for (const [name, text] of Object.entries(format.examples(generator.description.shape.input))) {
      await Deno.writeTextFile(join(beside, name), text);
    }
    const figures = run === null ? [] : await readFigures(run.folder);
    const { fixed } = graph;
    const { weights, licence } = options;
    const card = {
      format,
      generator,
      weights,
      parity: difference,
      fixed,
      licence,
      version,
      figures,
    };
    await Deno.writeTextFile(
      join(beside, "README.md"),
      writeCard({ ...card, record: run?.record ?? null }),
    );
    const mark = { format: format.name, ...about, difference, parity, bytes, halves };
    await Deno.writeTextFile(join(beside, MARK), `${JSON.stringify(mark, null, 2)}\n`);
  });
  return exported!;
}

async function checkReplaceable(folder: string, overwrite: boolean): Promise<void> {
  if (!await exists(folder)) return;
  const entries = await Array.fromAsync(Deno.readDir(folder));
  if (entries.length === 0) return;
  if (!await exists(join(folder, MARK))) {
    throw new PairlabError(
      `Cannot export to "${folder}": it holds "${
        entries[0]!.name
      }", which no export wrote. Choose another folder with --out.`,
    );
  }
  if (!overwrite) {
    throw new PairlabError(
      `Cannot export to "${folder}": there is an export already. Pass --overwrite to replace it.`,
    );
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name } of Deno.readDir(folder)) {
    bytes += (await Deno.stat(join(folder, name))).size;
  }
  return bytes;
}
