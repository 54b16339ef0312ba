/** The checkpoint that a run goes on from: the newest that is whole, and of this run. */
import {
  type Checkpoint,
  listCheckpoints,
  loadCheckpoint,
  type LoadedCheckpoint,
} from "./checkpoint.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { type FileIdentity, readSafetensors } from "./safetensors.ts";

/**
 * The newest checkpoint that is whole, or undefined if the run has none yet.
 *
 * @param warn Told of each damaged one that was passed over.
 * @param run The run that it must be of. @default any
 * @throws {PairlabError} If there are checkpoints and none of them can be used.
 */
export async function loadNewestCheckpoint(
  checkpoints: string,
  warn: (line: string) => void,
  run?: string,
): Promise<LoadedCheckpoint | undefined> {
  return await newestOf(checkpoints, warn, async (checkpoint) => {
    checkRun(checkpoint, run);
    return await loadCheckpoint(checkpoint);
  });
}

async function newestOf<T>(
  checkpoints: string,
  warn: (line: string) => void,
  open: (checkpoint: Checkpoint) => Promise<T>,
): Promise<T | undefined> {
  const { whole, damaged } = await listCheckpoints(checkpoints);
  const reasons = damaged.map(({ reason }) => reason);
  let opened: T | undefined;
  for (const checkpoint of whole) {
    try {
      opened = await open(checkpoint);
      break;
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      reasons.push(messageOf(error));
    }
  }
  if (opened === undefined && reasons.length > 0) {
    throw new PairlabError(
      `Cannot go on from "${checkpoints}": no checkpoint in it can be used\n${reasons.join("\n")}`,
    );
  }
  for (const reason of reasons) warn(`Warning: passing over a damaged checkpoint. ${reason}`);
  return opened;
}

/**
 * The newest checkpoint of which one file is whole, for whoever needs no more of it; undefined if
 * there is none at all.
 *
 * @param fileOf The file.
 * @param options Who is told of each newer one that was passed over; the run that it must be of.
 * @throws {PairlabError} If there are checkpoints and none of them can be used.
 */
export async function newestWithFile(
  checkpoints: string,
  fileOf: (checkpoint: Checkpoint) => {
    readonly path: string;
    readonly identity: FileIdentity | undefined;
  },
  { warn, run }: {
    readonly warn: (line: string) => void;
    readonly run?: string | undefined;
  },
): Promise<Checkpoint | undefined> {
  return await newestOf(checkpoints, warn, async (checkpoint) => {
    checkRun(checkpoint, run);
    const { path, identity } = fileOf(checkpoint);
    await readSafetensors(path, identity);
    return checkpoint;
  });
}

/**
 * Checks that a checkpoint is of a run. One that names no run was written by an earlier version.
 *
 * @throws {PairlabError} If it is of another.
 */
export function checkRun({ folder, state }: Checkpoint, run: string | undefined): void {
  if (run === undefined || state.run === undefined || state.run === run) return;
  throw new PairlabError(
    `Cannot use "${folder}": it was written by another run, or run.json is not what it was then; a checkpoint of this run would work`,
  );
}
