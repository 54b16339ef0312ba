/** state.json of a checkpoint: where the training stood, and the identities of the other files. */
import { hash } from "node:crypto";
import { basename, join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";

/** Random streams and the order of the pictures depend on nothing else. */
const Position = z.object({
  /** Finished epochs. */
  epoch: z.int().nonnegative(),
  /** Finished steps of the run. */
  step: z.int().nonnegative(),
  /** Finished steps of the epoch under way: the position in its shuffled order. */
  stepInEpoch: z.int().nonnegative(),
  /** Sums of the losses over those steps, for the epoch's means. */
  lossSums: z.record(z.string(), z.number()),
  /** How many of those steps have the loss; a network does not learn in every step. */
  lossSteps: z.record(z.string(), z.int().positive()),
  /** Seconds that those steps took. */
  secondsInEpoch: z.number().nonnegative(),
  /** For each finished epoch, the losses and recorded numbers that schedules watch. */
  history: z.array(z.record(z.string(), z.number())),
});

const State = z.strictObject({
  format: z.literal(1),
  ...Position.shape,
  /** What callbacks remember, by their place in the list and their name. */
  callbacks: z.record(z.string(), z.json()),
  /** Why it stays when a newer one is written; see `pruneCheckpoints`. */
  keep: z.array(z.string()),
  /** Why the training ends with this epoch, if a callback has stopped it. */
  stopped: z.string().nullable(),
  /** The run that wrote it; see `runIdentity`. */
  run: z.string().optional(),
  /** Where metrics.jsonl stood. */
  log: z.object({ bytes: z.int().nonnegative(), sha256: z.string() }).optional(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })).refine(
    (files) => Object.keys(files).every((name) => /^\w+\.safetensors$/.test(name)),
    "one of them is not the name of a file in this folder",
  ),
});

/** The contents of state.json. */
export type CheckpointState = z.infer<typeof State>;

/** Finished epochs and steps, and the sums of the epoch under way. */
export type Position = z.infer<typeof Position>;

/** The position in a state. */
export function positionOf(state: Position): Position {
  return Position.parse(state);
}

/** `epoch-0025` at the end of an epoch, `step-00001234` within one. */
export function checkpointName(
  { epoch, step, stepInEpoch }: Pick<Position, "epoch" | "step" | "stepInEpoch">,
): string {
  return stepInEpoch === 0
    ? `epoch-${String(epoch).padStart(4, "0")}`
    : `step-${String(step).padStart(8, "0")}`;
}

/** Writes state.json, with a hash of its contents. */
export async function writeState(folder: string, state: CheckpointState): Promise<void> {
  const text = JSON.stringify({ ...state, sha256: hashOf(state) }, null, 2);
  await writeTextDurably(join(folder, "state.json"), `${text}\n`);
}

/**
 * Reads state.json.
 *
 * @throws {PairlabError} If it is missing, cut or altered, or the folder has the name of another
 * position.
 */
export async function readState(folder: string): Promise<CheckpointState> {
  const path = join(folder, "state.json");
  let state: CheckpointState;
  try {
    const { sha256, ...said } = JSON.parse(await Deno.readTextFile(path));
    state = State.parse(said);
    if (sha256 !== hashOf(said)) throw new Error("its contents changed since they were written");
  } catch (error) {
    throw new PairlabError(`Cannot read "${path}": ${messageOf(error)}. Use an earlier checkpoint`);
  }
  // Any other name is the user's own, and says nothing of the position.
  const name = basename(folder);
  if (/^(epoch|step)-\d+$/.test(name) && name !== checkpointName(state)) {
    throw new PairlabError(
      `Cannot use "${folder}": its contents were written as "${
        checkpointName(state)
      }". Rename the folder to that`,
    );
  }
  return state;
}

/** The hash of a JSON value, whatever its layout. */
export function hashOf(value: unknown): string {
  return hash("sha256", JSON.stringify(value));
}
