/** An ablation's folder: its record, and where its files lie. */
import { createHash } from "node:crypto";
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
  /** The matrix file as it was named at the launch. */
  file: z.string(),
  scale: z.string(),
  /** Parameters from the command line for all variants. */
  parameters: z.record(z.string(), ParameterValueJson),
  limit: z.int().positive().nullable(),
  /** The engine that was asked for. */
  backend: z.enum(ENGINE_CHOICES),
  /** Threads of each cell, so that a cell that is continued computes as it began. */
  threads: z.int().positive(),
  sources: z.object({
    root: z.string(),
    matrix: z.string(),
    sha256: z.string(),
    commit: z.string().nullable(),
  }),
  /** ISO 8601. */
  launched: z.string(),
});

/** ablation.json: what a sweep is, fixed when it was launched. */
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
  /** The engine that was asked for. */
  backend: z.string(),
  /** The hash of the sources that it runs. */
  sources: z.string(),
});

/** What defines a cell: two of the same definition would come to the same numbers. */
export type CellDefinition = z.infer<typeof Definition>;

/** Where the files of an ablation lie. */
export const files = {
  record: (folder: string): string => join(folder, "ablation.json"),
  sources: (folder: string): string => join(folder, "sources"),
  /** The experiments that the variants are. */
  variants: (folder: string): string => join(folder, "variants"),
  cells: (folder: string): string => join(folder, "cells"),
  /** A cell's run folder. */
  run: (folder: string, address: string): string => join(folder, "cells", address),
  definition: (folder: string, address: string): string => join(folder, "cells", `${address}.json`),
  /** All that a cell printed. */
  log: (folder: string, address: string): string => join(folder, "cells", `${address}.log`),
  strips: (folder: string): string => join(folder, "strips"),
} as const;

/** The folder of a sweep: `runs/ablation-losses-quick-5d1f20aa`; launched again, it is the same. */
export function defaultAblationFolder(record: AblationRecord): string {
  const { name, scale, parameters, limit, backend, sources } = record;
  const identity = addressOf([name, scale, parameters, limit, backend, sources.sha256]);
  return join("runs", `ablation-${name}-${scale}-${identity.slice(0, 8)}`);
}

/** The address of a cell: a hash of what defines it, not of what it is called in tables. */
export function cellAddress({ label: _, ...definition }: CellDefinition): string {
  return addressOf(definition);
}

/** The first 16 digits of the hash of a value, whatever the order of its keys. */
function addressOf(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Writes ablation.json. */
export async function writeAblationRecord(folder: string, record: AblationRecord): Promise<void> {
  await writeTextDurably(files.record(folder), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Reads ablation.json.
 *
 * @throws {PairlabError} If the folder is not one of an ablation, or its record is damaged.
 */
export async function readAblationRecord(folder: string): Promise<AblationRecord> {
  return await readJson(files.record(folder), Record, `Cannot open the ablation "${folder}"`);
}

/** True if there is an ablation in this folder. */
export async function isAblation(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(files.record(folder))).isFile;
  } catch {
    return false;
  }
}

/** Writes what defines a cell beside its run folder. */
export async function writeDefinition(folder: string, definition: CellDefinition): Promise<void> {
  const path = files.definition(folder, cellAddress(definition));
  await writeTextDurably(path, `${JSON.stringify(definition, null, 2)}\n`);
}

/** Reads what defines a cell. @throws {PairlabError} If it is not there or damaged. */
export async function readDefinition(folder: string, address: string): Promise<CellDefinition> {
  const path = files.definition(folder, address);
  return await readJson(path, Definition, `Cannot read the cell "${path}"`);
}

async function readJson<T>(path: string, form: z.ZodType<T>, cannot: string): Promise<T> {
  try {
    return form.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? `there is no "${path}"`
      : error instanceof z.ZodError
      ? z.prettifyError(error)
      : messageOf(error);
    throw new PairlabError(`${cannot}: ${found}, what "deno task ablate" wrote would work`);
  }
}
