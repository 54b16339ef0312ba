/** state.json of a checkpoint: where the training stood, and what the other files must be. */
import { createHash } from "node:crypto";
import { basename, join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";

const State = z.strictObject({
  format: z.literal(1),
  /** Finished epochs. */
  epoch: z.int().nonnegative(),
  /** Finished steps of the run. */
  step: z.int().nonnegative(),
  /** Finished steps of the epoch under way: the position in its shuffled order. */
  stepInEpoch: z.int().nonnegative(),
  /** Sums of the losses over those steps, for the epoch's means. */
  lossSums: z.record(z.string(), z.number()),
  /** In how many of those steps there was the loss: not where its network had no turn. */
  lossSteps: z.record(z.string(), z.int().positive()).optional(),
  /** What stood there before `lossSteps` did: how many of those steps have no losses at all. */
  skippedInEpoch: z.int().nonnegative().optional(),
  /** Seconds that those steps took. */
  secondsInEpoch: z.number().nonnegative(),
  /** Losses and recorded numbers of each finished epoch, for schedules that go by them. */
  history: z.array(z.record(z.string(), z.number())).default([]),
  /** What callbacks remember, by their place in the list and their name. */
  callbacks: z.record(z.string(), z.json()),
  /** Why it stays when a newer one is written; see `pruneCheckpoints`. */
  keep: z.array(z.string()),
  /** Why the training ends with this epoch, if a callback has stopped it. */
  stopped: z.string().nullable(),
  /** Which run it is of; see `runIdentity`. Earlier versions did not say. */
  run: z.string().optional(),
  /** Where metrics.jsonl stood. Earlier versions did not say. */
  log: z.object({ bytes: z.int().nonnegative(), sha256: z.string() }).optional(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })).refine(
    (files) => Object.keys(files).every((name) => /^\w+\.safetensors$/.test(name)),
    "one of them is not the name of a file in this folder",
  ),
}).transform(({ skippedInEpoch = 0, lossSteps, ...state }) => ({
  ...state,
  lossSteps: lossSteps ?? Object.fromEntries(
    Object.keys(state.lossSums).map((name) => [name, state.stepInEpoch - skippedInEpoch]),
  ),
}));

/** What state.json says. Every random stream is named by these numbers, and so is the data. */
export type CheckpointState = z.infer<typeof State>;

/** Finished epochs and steps, and what the epoch under way has summed up. */
export type Position = Pick<
  CheckpointState,
  "epoch" | "step" | "stepInEpoch" | "lossSums" | "lossSteps" | "secondsInEpoch" | "history"
>;

/** `epoch-0025` at the end of an epoch, `step-00001234` within one. */
export function checkpointName(
  { epoch, step, stepInEpoch }: Pick<Position, "epoch" | "step" | "stepInEpoch">,
): string {
  return stepInEpoch === 0
    ? `epoch-${String(epoch).padStart(4, "0")}`
    : `step-${String(step).padStart(8, "0")}`;
}

/** Writes state.json, with a hash of what it says. */
export async function writeState(folder: string, state: CheckpointState): Promise<void> {
  const text = JSON.stringify({ ...state, sha256: hashOf(state) }, null, 2);
  await writeTextDurably(join(folder, "state.json"), `${text}\n`);
}

/**
 * Reads state.json.
 *
 * @throws {PairlabError} If it is missing, cut or altered, or the folder's name is that of another
 * position.
 */
export async function readState(folder: string): Promise<CheckpointState> {
  const path = join(folder, "state.json");
  let state: CheckpointState;
  try {
    const { sha256, ...said } = JSON.parse(await Deno.readTextFile(path));
    state = State.parse(said);
    // Earlier versions wrote no hash.
    if (sha256 !== undefined && sha256 !== hashOf(said)) {
      throw new Error("its contents changed since they were written");
    }
  } catch (error) {
    const found = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new PairlabError(`Cannot read "${path}": ${found}, an earlier checkpoint would work`);
  }
  // A name of the user's own says nothing of the position.
  const name = basename(folder);
  if (/^(epoch|step)-\d+$/.test(name) && name !== checkpointName(state)) {
    throw new PairlabError(
      `Cannot use "${folder}": what is in it was written as "${
        checkpointName(state)
      }", that name would work`,
    );
  }
  return state;
}

/** The hash of what JSON says, however it is laid out. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
