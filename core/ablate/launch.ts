/** A sweep's launch: its sources and settings are fixed in its folder. */
import { basename, dirname, join } from "@std/path";
import type { EngineChoice } from "../backends/engine.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { GivenParameters } from "../experiment/parameters.ts";
import { checkScale } from "./cells.ts";
import {
  type AblationRecord,
  defaultAblationFolder,
  files,
  isAblation,
  readAblationRecord,
  writeAblationRecord,
} from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { copySources, matrixName } from "./sources.ts";

/** What a sweep is launched with. */
export interface LaunchOptions {
  /** @default the matrix's first */
  readonly scale?: string | undefined;
  /** Parameters of the experiment, for all variants. */
  readonly parameters: GivenParameters;
  readonly limit?: number | undefined;
  readonly backend: EngineChoice;
  /** Threads of each cell. */
  readonly threads: number;
  /** The ablation's folder. @default one that is named after what is launched */
  readonly folder?: string | undefined;
}

/** A launched sweep. */
export interface Launched {
  readonly folder: string;
  /** True if the same was launched before, and goes on. */
  readonly goesOn: boolean;
}

/**
 * Fixes the sources and settings of a sweep in a folder; if the very same was launched before, its
 * folder is taken.
 *
 * @param matrix The path of the matrix file.
 * @throws {PairlabError} If the folder is taken by something else.
 */
export async function launch(matrix: string, options: LaunchOptions): Promise<Launched> {
  const prepared = await prepare(matrix, options);
  const folder = prepared.place;
  if (await isAblation(folder)) {
    await discard(prepared);
    const other = await readAblationRecord(folder);
    if (defaultAblationFolder(other) === defaultAblationFolder(prepared.record)) {
      return { folder, goesOn: true };
    }
    throw new PairlabError(
      `Cannot launch a sweep in "${folder}": another one is in it, launched from other sources or with other settings; a new folder would work, or deno task ablate "${folder}" to go on with that one`,
    );
  }
  try {
    await Deno.mkdir(dirname(folder), { recursive: true });
    await Deno.rename(prepared.folder, folder);
  } catch (error) {
    await discard(prepared);
    throw new PairlabError(
      `Cannot launch a sweep in "${folder}": ${
        messageOf(error)
      }, a new folder would work (--run=DIR)`,
    );
  }
  return { folder, goesOn: false };
}

/** A sweep that is not in its place yet. */
export interface Prepared {
  /** Where it is now. */
  readonly folder: string;
  /** Where it belongs. */
  readonly place: string;
  readonly record: AblationRecord;
}

/** Copies the sources beside the folder that they are for, and writes ablation.json. */
export async function prepare(matrix: string, options: LaunchOptions): Promise<Prepared> {
  const { parameters, limit, backend, threads } = options;
  const scale = checkScale(await loadMatrix(matrix), options.scale);
  const name = matrixName(matrix);
  const place = options.folder ?? join("runs", `ablation-${name}`);
  const suffix = crypto.randomUUID().slice(0, 8);
  const folder = join(dirname(place), `.${basename(place)}.part-${suffix}`);
  await Deno.mkdir(folder, { recursive: true });
  try {
    const record: AblationRecord = {
      format: 1,
      name,
      file: matrix,
      scale,
      parameters,
      limit: limit ?? null,
      backend,
      threads,
      sources: await copySources(matrix, files.sources(folder)),
      launched: new Date().toISOString(),
    };
    await writeAblationRecord(folder, record);
    return { folder, record, place: options.folder ?? defaultAblationFolder(record) };
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

/** Removes what was prepared. */
export async function discard({ folder }: Prepared): Promise<void> {
  await Deno.remove(folder, { recursive: true });
}

/** Removes a launched sweep of which no cell has begun, so that a mended launch finds its place. */
export async function removeUnbegun(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(files.cells(folder))) {
      if (name.endsWith(".log")) return;
    }
  } catch {
    // It did not even come to the cells.
  }
  await Deno.remove(folder, { recursive: true });
}
