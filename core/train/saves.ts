/** When a training is saved, and what is saved of it. */
import { dirname } from "@std/path";
import { statesOf } from "./callback_states.ts";
import type { CheckpointParts } from "../runs/checkpoint.ts";
import type { TrainingRun } from "../interfaces/callbacks.ts";
import { describeGenerators } from "../predict/predict.ts";
import { recordPath, runIdentity } from "../runs/run_folder.ts";
import { createSaver } from "./saver.ts";
import { say } from "../base/terminal.ts";
import { frameOf, type TrainingParts, type TrainingState } from "./state.ts";

/** The saves of one training. */
export interface TrainingSaves {
  /** Asks for a checkpoint, on behalf of a callback. */
  readonly ask: TrainingRun["save"];
  /** Writes the checkpoint that was asked for, if one was. */
  ifAsked(): Promise<void>;
  /** Saves before the process ends, wherever that is possible. @returns The run folder to go on from. */
  forGood(): Promise<string>;
}

/** Prepares the saves of a training into its run folder, which has its record. */
export async function openSaves(
  parts: TrainingParts,
  state: TrainingState,
): Promise<TrainingSaves> {
  const frame = frameOf(parts);
  const saver = createSaver(parts.folder, parts.checkpoint);
  const record = await Deno.readTextFile(recordPath(parts.folder));
  /** Reasons to keep the checkpoint that was asked for; null if none was. */
  let asked: Set<string> | null = null;

  const now = (keep: readonly string[] = []): CheckpointParts => {
    const { networks, updates, replay, position, callbacks, stopped, log } = state;
    return {
      networks,
      updates,
      replay,
      position,
      callbacks: statesOf(callbacks),
      keep,
      stopped,
      about: describeGenerators(networks, { ...frame, step: position.step }),
      record,
      run: runIdentity(record),
      log,
    };
  };

  return {
    ask: ({ keep } = {}) => {
      asked ??= new Set();
      if (keep !== undefined) asked.add(keep);
    },
    ifAsked: async () => {
      if (asked === null) return;
      const keep = [...asked];
      asked = null;
      const saved = await saver.save(now(keep));
      if (saved !== null && keep.length > 0) say(`Checkpoint: ${saved.folder}`);
    },
    forGood: async () => dirname(dirname((await saver.saveForGood(now())).folder)),
  };
}
