/** Saves of a training, also when the disk is full, or the run folder read-only or gone. */
import { basename, join } from "@std/path";
import { asArgument } from "../base/shell_argument.ts";
import { asDeviceLost } from "../backends/engine_error.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import type { TrainingRun } from "../interfaces/callbacks.ts";
import { type Checkpoint, keepCheckpoint, saveCheckpoint } from "../runs/checkpoint.ts";
import { listCheckpoints, pruneCheckpoints } from "../runs/checkpoints.ts";
import type { MetricsLog } from "../runs/metrics_log.ts";
import { recordPath, runIdentity } from "../runs/run_folder.ts";
import { checkpointContents, frameOf, type TrainingParts, type TrainingState } from "./state.ts";

/** The saves of one training. */
export interface Saves {
  /** Asks for a checkpoint, on behalf of a callback. */
  readonly ask: TrainingRun["save"];
  /**
   * Writes the checkpoint that was asked for.
   *
   * @returns Null if none was, or, after a warning, if it cannot be written now: the training
   * continues, and the next save tries again.
   */
  ifAsked(): Promise<Checkpoint | null>;
  /**
   * Saves before the process ends: into a rescue folder if the run folder cannot be written.
   *
   * @returns The run folder to resume from.
   * @throws {PairlabError} If neither can be written, or the GPU's device is lost.
   */
  final(): Promise<string>;
  /** The folder of the newest checkpoint, if there is one. */
  readonly newest: string | undefined;
}

/** The saves of a process that writes none. */
export const NO_SAVES: Saves = {
  ask: () => {},
  ifAsked: () => Promise.resolve(null),
  final: () => Promise.resolve(""),
  newest: undefined,
};

/** Opens the saves of a training; its run folder holds its record. */
export async function openSaves(
  parts: Pick<TrainingParts, "folder" | "checkpoint" | "shape" | "wiring" | "levels">,
  state: TrainingState,
): Promise<Saves> {
  const { folder } = parts;
  const checkpoints = join(folder, "checkpoints");
  const record = await Deno.readTextFile(recordPath(folder));
  const run = runIdentity(record);
  let newest: Checkpoint | undefined = parts.checkpoint;
  /** All checkpoints, the newest first: read once, since there may be hundreds. */
  let known: Checkpoint[] | undefined;
  /** Reasons to keep the checkpoint that was asked for; null if none was. */
  let asked: Set<string> | null = null;

  const contents = () => checkpointContents(state, frameOf(parts));

  const save = async (keep: readonly string[] = []): Promise<Checkpoint> => {
    const { step, epoch } = state.position;
    if (newest?.state.step === step && newest.state.epoch === epoch) {
      const { state: { keep: reasons } } = newest;
      if (keep.every((reason) => reasons.includes(reason))) return newest;
      newest = await keepCheckpoint(newest, keep);
    } else {
      // Without its record, a folder that was removed and made anew would be no run's.
      await Deno.stat(recordPath(folder));
      newest = await saveCheckpoint(checkpoints, contents(), { keep, run, log: state.log });
    }
    const saved = newest;
    known ??= (await listCheckpoints(checkpoints)).whole;
    const others = known.filter((checkpoint) => checkpoint.folder !== saved.folder);
    known = await pruneCheckpoints([saved, ...others]);
    return saved;
  };

  /** Saves into a folder from which the run can be resumed like from its own. */
  const rescue = async (reason: string): Promise<string> => {
    let elsewhere = "the folder for temporary files";
    try {
      // A new one: another run, or another user, may have a folder of this name.
      elsewhere = await Deno.makeTempDir({ prefix: `pairlab-rescued-${basename(folder)}-` });
      await Deno.writeTextFile(recordPath(elsewhere), record);
      const log = await copyLog(state.log, elsewhere);
      const options = { run, log };
      await saveCheckpoint(join(elsewhere, "checkpoints"), contents(), options);
    } catch (error) {
      throw new PairlabError(
        `Cannot save the training: "${folder}" refuses (${reason}), and so does ${elsewhere} (${
          messageOf(error)
        }). Free space on either`,
      );
    }
    say(
      `Warning: cannot write into "${folder}": ${reason}. The training is saved in "${elsewhere}" instead. Resume it with:\n  deno task resume ${
        asArgument(elsewhere)
      }`,
    );
    return elsewhere;
  };

  return {
    get newest() {
      return newest?.folder;
    },
    ask: ({ keep } = {}) => {
      asked ??= new Set();
      if (keep !== undefined) asked.add(keep);
    },
    ifAsked: async () => {
      if (asked === null) return null;
      const keep = [...asked];
      asked = null;
      try {
        const saved = await save(keep);
        if (keep.length > 0) say(`Checkpoint: ${saved.folder}`);
        return saved;
      } catch (error) {
        if (asDeviceLost(error)) throw error;
        say(
          `Warning: cannot write a checkpoint into "${folder}": ${
            messageOf(error)
          }. The training continues, and the next save tries again`,
        );
        return null;
      }
    },
    final: async () => {
      try {
        await save();
        return folder;
      } catch (error) {
        // No folder can save what is on a device that is gone.
        if (asDeviceLost(error)) throw error;
        return await rescue(messageOf(error));
      }
    },
  };
}

/** Copies the log. @returns Undefined, after a warning, if it cannot be read any more. */
async function copyLog(log: MetricsLog, folder: string): Promise<MetricsLog | undefined> {
  try {
    await log.copyTo(folder);
    return log;
  } catch (error) {
    say(`Warning: metrics.jsonl is not rescued: ${messageOf(error)}`);
    return undefined;
  }
}
