/** A run's folder: its record, and where its files lie. */
import { basename, join } from "@std/path";
import { z } from "zod";
import { hashOf } from "./checkpoint_state.ts";
import { isTemporary, refuseLinks, writeTextDurably } from "../base/files.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ParameterValueJson, ParameterValuesJson } from "../experiment/parameters.ts";
import type { Weights } from "./generator_file.ts";
import { isLock } from "../base/lock.ts";

/** What becomes of a training in which a loss or gradient is not finite. */
export type NotFinitePolicy =
  /** It ends; the last checkpoint stands. */
  | "stop"
  /** The batch is left out, and the training goes on. */
  | "skip"
  /** The training goes back to its last checkpoint, and leaves the batch out when it comes again. */
  | "roll-back";

/** The policies, the default first. */
export const NOT_FINITE_POLICIES: readonly NotFinitePolicy[] = ["stop", "skip", "roll-back"];

const Image = z.object({
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.int().positive(),
});

/** The form of run.json that this version writes and reads. */
const FORMAT = 1;

const Engine = z.object({
  name: z.string(),
  version: z.string(),
  threads: z.int(),
  /** How steps were compiled. */
  compile: z.enum(["off", "on", "xla"]).default("off"),
  /** The system and processor that computed; earlier versions did not say. */
  machine: z.string().optional(),
});

const Source = z.object({
  /** The name or path by which it was asked for. */
  module: z.string(),
  /** The module's text when the run began; read by people, never executed. */
  source: z.string(),
  sha256: z.string(),
  /** The modules that it imports, Pairlab's own left out; none in older records. */
  imports: z.array(
    z.object({ module: z.string(), source: z.string(), sha256: z.string() }),
  ).optional(),
});

/** How each callback that predicts does it. */
const Predictions = z.array(z.object({
  callback: z.string(),
  mode: z.enum(INFERENCE_MODES),
  /** Of which weights; earlier versions did not say. */
  weights: z.enum(["averaged", "trained"] satisfies Weights[]).optional(),
}));

const Record = z.object({
  format: z.literal(FORMAT),
  experiment: z.object({
    /** `flowers_deblur`. */
    name: z.string(),
    ...Source.shape,
  }),
  parameters: ParameterValuesJson,
  limit: z.int().positive().nullable(),
  seed: z.int(),
  shape: z.object({ input: Image, target: Image }),
  data: z.object({ description: z.string(), fingerprint: z.string() }),
  predictions: Predictions.default([]),
  engine: Engine,
  /** For whom the numbers come out the same, in words; earlier versions did not say. */
  repeats: z.string().optional(),
  /** What becomes of the run when a loss or gradient is not finite. */
  notFinite: z.enum(NOT_FINITE_POLICIES).optional(),
  versions: z.record(z.string(), z.string()),
  /** The git commit of Pairlab's sources, with `+` if they were changed; null outside git. */
  commit: z.string().nullable(),
  /** ISO 8601. */
  started: z.string(),
  /** When and how it went on otherwise than before: on another engine, for more epochs. */
  resumed: z.array(z.object({
    step: z.int().nonnegative(),
    time: z.string(),
    engine: Engine,
    parameters: z.record(z.string(), ParameterValueJson),
    notFinite: z.enum(NOT_FINITE_POLICIES),
    /** The experiment from there on, if its text had changed by then. */
    experiment: Source.extend({ predictions: Predictions }).optional(),
  })).optional(),
});

/** What an experiment was written in, and how its callbacks predict. */
export type SourceRecord = NonNullable<NonNullable<RunRecord["resumed"]>[number]["experiment"]>;

/** What computed a run. */
export type EngineRecord = z.infer<typeof Engine>;

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

/** Names a run by all that its record says of its beginning; checkpoints say whose they are by it. */
export function runIdentity(recordText: string): string {
  const { resumed: _, sha256: __, ...beginning } = JSON.parse(recordText);
  return hashOf(beginning);
}

/** Writes run.json, with a hash of what it says. */
export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  // In the form's order of fields, which the hash goes by.
  const said = Record.parse(record);
  const text = JSON.stringify({ ...said, sha256: hashOf(said) }, null, 2);
  await writeTextDurably(recordPath(folder), `${text}\n`);
}

/**
 * Checks that a run can begin in a folder: it is new or empty, but for what one leaves that is
 * stopped before it has begun.
 *
 * @throws {PairlabError} If there is something in it already.
 */
export async function checkNewFolder(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (isTemporary(name) || await isLock(join(folder, name))) continue;
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
 * @param lock Takes the folder's lock, so that of two runs that begin in it at once one is refused.
 * @throws {PairlabError} If there is something in it already, or it cannot be written.
 */
export async function createRunFolder(
  folder: string,
  record: RunRecord,
  lock: (folder: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await checkNewFolder(folder);
  try {
    await Deno.mkdir(folder, { recursive: true });
    await lock(folder);
    await checkNewFolder(folder);
    // It makes the folder one of a run, which can be resumed from its beginning; the rest follows.
    await writeRunRecord(folder, record);
    for (const name of ["samples", "checkpoints"]) {
      await Deno.mkdir(join(folder, name), { recursive: true });
    }
  } catch (error) {
    if (error instanceof PairlabError) throw error;
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
 * @throws {PairlabError} If the folder is not one of a run, there is a link in it, or its record is
 * damaged or altered.
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  await refuseLinks(folder);
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
    const { sha256, ...json } = JSON.parse(text);
    if (typeof json.format === "number" && json.format !== FORMAT) {
      throw new PairlabError(
        `Cannot open the run "${folder}": run.json is of format ${json.format}, this version of Pairlab reads format ${FORMAT}, the version that wrote it would work`,
      );
    }
    const record = Record.parse(json);
    // Earlier versions wrote no hash.
    if (sha256 !== undefined && sha256 !== hashOf(json)) {
      throw new Error("its contents changed since they were written");
    }
    return record;
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PairlabError(
      `Cannot open the run "${folder}": run.json is off (${found}), as it was written it would work`,
    );
  }
}
