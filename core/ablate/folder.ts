/** The folder of a sweep: its record and the paths of its files. */
import { hash } from "node:crypto";
import { join } from "@std/path";
import { z } from "zod";
import { ENGINE_CHOICES } from "../backends/engines.ts";
import { writeTextDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ParameterValueJson, ParameterValuesJson } from "../experiment/parameters.ts";

const FORMAT = 1;

const Record = z.object({
  format: z.literal(FORMAT),
  /** `losses`. */
  name: z.string(),
  /** The path of the matrix file. */
  file: z.string(),
  scale: z.string(),
  /** Parameters from the command line for all variants. */
  parameters: z.record(z.string(), ParameterValueJson),
  limit: z.int().positive().nullable(),
  /** The engine asked for. */
  backend: z.enum(ENGINE_CHOICES),
  /** Threads of each cell; a continued cell computes with as many as before. */
  threads: z.int().positive(),
  sources: z.object({
    /** Of all files when the sweep was launched. */
    sha256: z.string(),
    commit: z.string().nullable(),
    /** The text of the matrix file. */
    source: z.string(),
    /** The files that cells run, as they must be. */
    modules: z.array(z.object({ module: z.string(), sha256: z.string().nullable() })),
    /** Changes that `--allow-changes` accepted. */
    changes: z.array(z.object({ time: z.string(), modules: z.array(z.string()) })).optional(),
  }),
  /** ISO 8601. */
  launched: z.string(),
});

/** ablation.json: what a sweep is, fixed at its launch. */
export type AblationRecord = z.infer<typeof Record>;

const Definition = z.object({
  variant: z.string(),
  label: z.string(),
  seed: z.int(),
  scale: z.string(),
  /** All of the cell's parameters, resolved. */
  parameters: ParameterValuesJson,
  limit: z.int().positive().nullable(),
  /** The fingerprint of its data. */
  data: z.string(),
  /** The engine asked for. */
  backend: z.string(),
  /** The hash of the sources of its sweep. */
  sources: z.string(),
});

/** What defines a cell: cells of one definition compute the same numbers. */
export type CellDefinition = z.infer<typeof Definition>;

/** Paths of the files of a sweep. */
export const files = {
  record: (folder: string): string => join(folder, "ablation.json"),
  /** The variants as experiments. */
  variants: (folder: string): string => join(folder, "variants"),
  cells: (folder: string): string => join(folder, "cells"),
  /** A cell's run folder. */
  run: (folder: string, address: string): string => join(folder, "cells", address),
  definition: (folder: string, address: string): string => join(folder, "cells", `${address}.json`),
  /** Says which process runs a cell. */
  lease: (folder: string, address: string): string => join(folder, "cells", `${address}.lease`),
  /** Everything that a cell printed. */
  log: (folder: string, address: string): string => join(folder, "cells", `${address}.log`),
  strips: (folder: string): string => join(folder, "strips"),
} as const;

/** The default folder, the same for the same launch: `runs/ablation-losses-quick-5d1f20aa`. */
export function defaultAblationFolder(record: AblationRecord): string {
  const { name, scale, parameters, limit, backend, sources } = record;
  const identity = addressOf([name, scale, parameters, limit, backend, sources.sha256]);
  return join("runs", `ablation-${name}-${scale}-${identity.slice(0, 8)}`);
}

/** The address of a cell: a hash of its definition, apart from its label. */
export function cellAddress({ label: _, ...definition }: CellDefinition): string {
  return addressOf(definition);
}

/** The first 16 digits of the hash of a value; the order of keys does not matter. */
function addressOf(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
  return hash("sha256", text).slice(0, 16);
}

/** Writes ablation.json. */
export async function writeAblationRecord(folder: string, record: AblationRecord): Promise<void> {
  await writeTextDurably(files.record(folder), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Reads ablation.json.
 *
 * @throws {PairlabError} If the folder is not a sweep's, or its record is damaged.
 */
export async function readAblationRecord(folder: string): Promise<AblationRecord> {
  return await readJson(files.record(folder), Record, `Cannot open the ablation "${folder}"`);
}

/** True for the folder of a sweep. */
export async function isAblation(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(files.record(folder))).isFile;
  } catch {
    return false;
  }
}

/** Writes the definition of a cell beside its run folder. */
export async function writeDefinition(folder: string, definition: CellDefinition): Promise<void> {
  const path = files.definition(folder, cellAddress(definition));
  await writeTextDurably(path, `${JSON.stringify(definition, null, 2)}\n`);
}

/** Reads the definition of a cell. @throws {PairlabError} If it is missing or damaged. */
export async function readDefinition(folder: string, address: string): Promise<CellDefinition> {
  const path = files.definition(folder, address);
  return await readJson(path, Definition, `Cannot read the cell "${path}"`);
}

async function readJson<T>(path: string, form: z.ZodType<T>, cannot: string): Promise<T> {
  try {
    return form.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? `"${path}" does not exist`
      : messageOf(error);
    throw new PairlabError(`${cannot}: ${found}. Restore the file that "deno task ablate" wrote.`);
  }
}
