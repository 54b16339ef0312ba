/** A run's folder: its record, and where its files lie. */
import { basename, join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "./durable.ts";
import { INFERENCE_MODES } from "./inference_modes.ts";
import { messageOf, PairlabError } from "./errors.ts";

const Image = z.object({
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.int().positive(),
});

/** The form of run.json that this version writes and reads. */
const FORMAT = 1;

const Record = z.object({
  format: z.literal(FORMAT),
  experiment: z.object({
    /** `flowers_deblur`. */
    name: z.string(),
    /** The name or path by which it was asked for. */
    module: z.string(),
    /** The module's text when the run began; read by people, never executed. */
    source: z.string(),
    sha256: z.string(),
    /** The modules that it imports, Pairlab's own left out; none in older records. */
    imports: z.array(
      z.object({ module: z.string(), source: z.string(), sha256: z.string() }),
    ).optional(),
  }),
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  limit: z.int().positive().nullable(),
  seed: z.int(),
  shape: z.object({ input: Image, target: Image }),
  data: z.object({ description: z.string(), fingerprint: z.string() }),
  /** How each callback that predicts does it. */
  predictions: z.array(z.object({ callback: z.string(), mode: z.enum(INFERENCE_MODES) }))
    .default([]),
  engine: z.object({
    name: z.string(),
    version: z.string(),
    threads: z.int(),
    /** How steps were compiled. */
    compile: z.enum(["off", "on", "xla"]).default("off"),
  }),
  versions: z.record(z.string(), z.string()),
  /** The git commit of Pairlab's sources, with `+` if they were changed; null outside git. */
  commit: z.string().nullable(),
  /** ISO 8601. */
  started: z.string(),
});

/** run.json: what a run is, as it was when it began. */
export type RunRecord = z.infer<typeof Record>;

/** The record's file in a run folder. */
export function recordPath(folder: string): string {
  return join(folder, "run.json");
}

/** `runs/flowers_deblur-20261123-173000` for a run that begins at `time`. */
export function defaultRunFolder(experiment: string, time: Date): string {
  const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return join("runs", `${experiment}-${stamp}`);
}

/**
 * Checks that a run can begin in a folder: it is new or empty.
 *
 * @throws {PairlabError} If there is something in it already.
 */
export async function checkNewFolder(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      throw new PairlabError(
        `Cannot begin a run in "${folder}": it holds "${name}", an empty or new folder would work (to go on with a run: deno task resume "${folder}")`,
      );
    }
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    if (!(error instanceof Deno.errors.NotFound)) throw cannotBegin(folder, error);
  }
}

/**
 * Makes the folder of a new run.
 *
 * @throws {PairlabError} If there is something in it already, or it cannot be written.
 */
export async function createRunFolder(folder: string, record: RunRecord): Promise<void> {
  await checkNewFolder(folder);
  try {
    for (const name of ["samples", "checkpoints"]) {
      await Deno.mkdir(join(folder, name), { recursive: true });
    }
    await writeTextDurably(recordPath(folder), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw cannotBegin(folder, error);
  }
}

function cannotBegin(folder: string, error: unknown): PairlabError {
  return new PairlabError(
    `Cannot begin a run in "${folder}": ${messageOf(error)}, --run=DIR chooses another place`,
  );
}

/**
 * Reads a run's record.
 *
 * @throws {PairlabError} If the folder is not one of a run, or its record is damaged.
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = recordPath(folder);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? `it has no ${basename(path)}`
      : messageOf(error);
    throw new PairlabError(
      `Cannot open the run "${folder}": ${found}, a folder that "deno task train" wrote would work`,
    );
  }
  try {
    const json = JSON.parse(text);
    if (typeof json?.format === "number" && json.format !== FORMAT) {
      throw new PairlabError(
        `it is of format ${json.format}, this version of Pairlab reads format ${FORMAT}`,
      );
    }
    return Record.parse(json);
  } catch (error) {
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PairlabError(`Cannot open the run "${folder}": run.json is off (${found})`);
  }
}
