/** A run's folder and its record, run.json. */
import { basename, dirname, join } from "@std/path";
import { z } from "zod";
import { hashOf } from "./checkpoint_state.ts";
import { asArgument } from "../base/shell_argument.ts";
import { entriesIn, isTemporary, refuseLinks, writeTextDurably } from "../base/files.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ParameterValueJson, ParameterValuesJson } from "../experiment/parameters.ts";
import type { Weights } from "./generator_file.ts";
import { isLock } from "../base/lock.ts";

/** What a training does when a loss or gradient is not finite. */
export type NotFinitePolicy =
  /** Ends; the last checkpoint stands. */
  | "stop"
  /** Skips the batch and continues. */
  | "skip"
  /** Goes back to its last checkpoint, and skips the batch when it comes again. */
  | "roll-back";

/** The policies, the default first. */
export const NOT_FINITE_POLICIES: readonly NotFinitePolicy[] = ["stop", "skip", "roll-back"];

const Image = z.object({
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.int().positive(),
});

/** The format of run.json. */
const FORMAT = 1;

const Engine = z.object({
  name: z.string(),
  version: z.string(),
  threads: z.int(),
  /** How steps were compiled. */
  compile: z.enum(["off", "on", "xla"]),
  /** Whether every convolution is computed directly, and none by tiles; so it is where missing. */
  exact: z.boolean().optional(),
  /** The operating system and processor. */
  machine: z.string(),
  /** Processes that train together; one where missing. */
  workers: z.int().positive().optional(),
});

const Source = z.object({
  /** The name or path by which it was asked for. */
  module: z.string(),
  /** The module's text; read by people, never executed. */
  source: z.string(),
  sha256: z.string(),
  /** The modules that it imports, without Pairlab's own. */
  imports: z.array(z.object({ module: z.string(), source: z.string(), sha256: z.string() })),
});

/** How callbacks predict. */
const Predictions = z.array(z.object({
  callback: z.string(),
  mode: z.enum(INFERENCE_MODES),
  weights: z.enum(["averaged", "trained"] satisfies Weights[]),
}));

/** What callbacks and schedules choose by; missing in older runs, whose choices were by test pictures. */
const Choices = z.array(z.object({
  by: z.string(),
  value: z.string(),
  split: z.enum(["validation", "test"]),
}));

/** How a run was resumed: on another engine, say, or for more epochs. */
const Segment = z.object({
  /** Finished steps. */
  step: z.int().nonnegative(),
  /** ISO 8601. */
  time: z.string(),
  engine: Engine,
  /** Those that differ from the run's own. */
  parameters: z.record(z.string(), ParameterValueJson),
  notFinite: z.enum(NOT_FINITE_POLICIES),
  /** The experiment from there on, if its text had changed. */
  experiment: Source.extend({ predictions: Predictions, choices: Choices.optional() }).optional(),
});

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
  data: z.object({
    description: z.string(),
    fingerprint: z.string(),
    /** Pairs to choose by: the data's own, or kept from those that train. */
    validation: z.object({ pairs: z.int(), from: z.enum(["data", "train"]) }).optional(),
  }),
  predictions: Predictions,
  choices: Choices.optional(),
  /** The files whose weights it began with. */
  from: z.array(z.object({ path: z.string(), sha256: z.string() })).optional(),
  engine: Engine,
  /** Under which conditions the numbers can be reproduced, in words. */
  repeats: z.string(),
  notFinite: z.enum(NOT_FINITE_POLICIES),
  versions: z.record(z.string(), z.string()),
  /** The git commit of Pairlab's sources, with `+` if they were changed; null outside git. */
  commit: z.string().nullable(),
  /** ISO 8601. */
  started: z.string(),
  /** Each resume that changed something. */
  resumed: z.array(Segment).optional(),
});

/** An experiment's sources, and how its callbacks predict. */
export type SourceRecord = NonNullable<Segment["experiment"]>;

/** Part of a run, from one resume to the next. */
export type Segment = z.infer<typeof Segment>;

/** The engine of a run. */
export type EngineRecord = z.infer<typeof Engine>;

/** run.json: a run at its beginning, and each resume. */
export type RunRecord = z.infer<typeof Record>;

/** The path of the record in a run folder. */
export function recordPath(folder: string): string {
  return join(folder, "run.json");
}

/** `runs/flowers_deblur-20261123-173000` for a run that begins at `time`. */
export function defaultRunFolder(experiment: string, time: Date): string {
  const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return join("runs", `${experiment}-${stamp}`);
}

/**
 * Makes the folder of a run that was given none: {@link defaultRunFolder}, with a number after it if
 * another run has begun in the same second.
 *
 * @throws {PairlabError} If it cannot be made.
 */
export async function reserveRunFolder(experiment: string, time: Date): Promise<string> {
  const first = defaultRunFolder(experiment, time);
  try {
    await Deno.mkdir(dirname(first), { recursive: true });
    for (let number = 1;; number++) {
      const folder = number === 1 ? first : `${first}-${number}`;
      try {
        await Deno.mkdir(folder);
        return folder;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  } catch (error) {
    throw cannotBegin(first, error);
  }
}

/** Names a run by the part of its record that never changes; its checkpoints carry that name. */
export function runIdentity(recordText: string): string {
  const { resumed: _, sha256: __, ...beginning } = JSON.parse(recordText);
  return hashOf(beginning);
}

/** Writes run.json, with a hash of its contents. */
export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  // In the schema's order of fields: the hash depends on it.
  const said = Record.parse(record);
  const text = JSON.stringify({ ...said, sha256: hashOf(said) }, null, 2);
  await writeTextDurably(recordPath(folder), `${text}\n`);
}

/**
 * Checks that a run can begin in a folder: it is new or empty, apart from what a run leaves that was
 * stopped before its beginning.
 *
 * @throws {PairlabError} If it holds anything else.
 */
export async function checkNewFolder(folder: string): Promise<void> {
  try {
    for (const { name } of await entriesIn(folder)) {
      if (isTemporary(name) || await isLock(join(folder, name))) continue;
      throw new PairlabError(
        `Cannot begin a run in "${folder}": it holds "${name}". Choose an empty or new folder with --run=DIR, or continue the run with deno task resume ${
          asArgument(folder)
        }`,
      );
    }
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw cannotBegin(folder, error);
  }
}

/**
 * Makes the folder of a new run.
 *
 * @param lock Takes the folder's lock, so that only one of two runs begins in it.
 * @throws {PairlabError} If it is not empty, or cannot be written.
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
    // From here on the run can be resumed, from its beginning.
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
    `Cannot begin a run in "${folder}": ${messageOf(error)}. Choose another place with --run=DIR`,
  );
}

/**
 * Reads a run's record.
 *
 * @throws {PairlabError} If the folder is not a run's, holds a link, or its record is damaged or altered.
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
      `Cannot open the run "${folder}": ${found}. Name a folder that "deno task train" wrote`,
    );
  }
  try {
    const { sha256, ...json } = JSON.parse(text);
    if (typeof json.format === "number" && json.format !== FORMAT) {
      throw new PairlabError(
        `Cannot open the run "${folder}": run.json is of format ${json.format}, this version of Pairlab reads format ${FORMAT}. Use the version that wrote it`,
      );
    }
    const record = Record.parse(json);
    if (sha256 !== hashOf(json)) {
      throw new Error("its contents changed since they were written");
    }
    return record;
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(
      `Cannot open the run "${folder}": run.json is invalid (${
        messageOf(error)
      }). Restore the original file`,
    );
  }
}
