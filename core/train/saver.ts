/** Saving a training, also when the disk is full, the folder read-only or gone. */
import { basename, join } from "@std/path";
import {
  type Checkpoint,
  type CheckpointParts,
  keepCheckpoint,
  pruneCheckpoints,
  saveCheckpoint,
} from "../runs/checkpoint.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { recordPath } from "../runs/run_folder.ts";
import { say } from "../base/terminal.ts";

/** Writes the checkpoints of one run. */
export interface Saver {
  /**
   * Writes a checkpoint, unless that position is saved already; null, after a warning, if it cannot
   * be written now. The training goes on in memory, and the next save tries again.
   */
  save(parts: CheckpointParts): Promise<Checkpoint | null>;
  /**
   * The last save of a process: if the run folder cannot take it, a rescue folder does.
   *
   * @throws {PairlabError} If neither can.
   */
  saveForGood(parts: CheckpointParts): Promise<Checkpoint>;
}

/** Opens the saver of a run; `newest` is the checkpoint that it went on from. */
export function createSaver(folder: string, newest?: Checkpoint): Saver {
  let saved = newest;

  const write = async (parts: CheckpointParts): Promise<Checkpoint> => {
    const { position, keep = [] } = parts;
    const same = saved?.state.step === position.step && saved.state.epoch === position.epoch;
    if (saved !== undefined && same) {
      const { state } = saved;
      if (keep.every((reason) => state.keep.includes(reason))) return saved;
      saved = await keepCheckpoint(saved, keep);
      await pruneCheckpoints(join(folder, "checkpoints"));
      return saved;
    }
    // A folder that was removed would be made anew, without the record that makes it a run.
    await Deno.stat(recordPath(folder));
    saved = await saveCheckpoint(join(folder, "checkpoints"), parts);
    await pruneCheckpoints(join(folder, "checkpoints"));
    return saved;
  };

  return {
    save: async (parts) => {
      try {
        return await write(parts);
      } catch (error) {
        say(
          `Warning: cannot write a checkpoint into "${folder}": ${
            messageOf(error)
          }. The training goes on, and the next save tries again`,
        );
        return null;
      }
    },
    saveForGood: async (parts) => {
      try {
        return await write(parts);
      } catch (error) {
        return await rescue(folder, parts, messageOf(error));
      }
    },
  };
}

/** Saves into a folder from which the run can go on like from its own. */
async function rescue(
  folder: string,
  parts: CheckpointParts,
  reason: string,
): Promise<Checkpoint> {
  let elsewhere = "the folder for temporary files";
  try {
    // A new one: a folder of this name may be there from another run, or another user.
    elsewhere = await Deno.makeTempDir({ prefix: `pairlab-rescued-${basename(folder)}-` });
    await Deno.writeTextFile(recordPath(elsewhere), parts.record);
    await parts.log?.copyTo(elsewhere);
    const checkpoint = await saveCheckpoint(join(elsewhere, "checkpoints"), parts);
    say(
      `Warning: cannot write into "${folder}": ${reason}. The training is saved in "${elsewhere}" instead: deno task resume "${elsewhere}" goes on from there`,
    );
    return checkpoint;
  } catch (error) {
    throw new PairlabError(
      `Cannot save the training: "${folder}" refuses (${reason}), and so does ${elsewhere} (${
        messageOf(error)
      }), free space on either would work`,
    );
  }
}
