/** The checkpoints of a run: listed, pruned, and the newest that can be used. */
import { join } from "@std/path";
import { entriesIn, isTemporary, removeDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import {
  type Checkpoint,
  loadCheckpoint,
  type LoadedCheckpoint,
  openCheckpoint,
} from "./checkpoint.ts";
import { type FileIdentity, readSafetensors } from "./safetensors.ts";

/** A folder that is no longer a valid checkpoint. */
export interface Damaged {
  readonly folder: string;
  readonly reason: string;
}

/**
 * The checkpoints of a run, the newest first, and the folders that are damaged. Checkpoints that were
 * being written when a run died are in neither list.
 */
export async function listCheckpoints(
  checkpoints: string,
): Promise<{ whole: Checkpoint[]; damaged: Damaged[] }> {
  const whole: Checkpoint[] = [];
  const damaged: Damaged[] = [];
  for (const name of await foldersIn(checkpoints)) {
    if (isTemporary(name)) continue;
    const folder = join(checkpoints, name);
    try {
      whole.push(await openCheckpoint(folder));
    } catch (error) {
      damaged.push({ folder, reason: messageOf(error) });
    }
  }
  whole.sort((a, b) => b.state.step - a.state.step);
  return { whole, damaged };
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await entriesIn(path);
  return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
}

/** A reason to keep a checkpoint for good. */
export const KEEP_ALWAYS = "always";

/**
 * Removes checkpoints that newer ones supersede. Those kept are the newest, the newest for each
 * reason (`"best"`, say), and all that are kept {@link KEEP_ALWAYS}, e.g. by
 * `every(25, checkpoint())`.
 *
 * @param whole All checkpoints, the newest first.
 * @returns The checkpoints that are left.
 */
export async function pruneCheckpoints(whole: readonly Checkpoint[]): Promise<Checkpoint[]> {
  const left: Checkpoint[] = [];
  const seen = new Set<string>();
  for (const [index, checkpoint] of whole.entries()) {
    const { keep } = checkpoint.state;
    const needed = index === 0 ||
      keep.some((reason) => reason === KEEP_ALWAYS || !seen.has(reason));
    for (const reason of keep) seen.add(reason);
    if (needed) left.push(checkpoint);
    else await removeDurably(checkpoint.folder);
  }
  return left;
}

/** Which checkpoints are accepted, and who hears of the others. */
export interface NewestOptions {
  /** Hears of each newer checkpoint that is passed over. */
  readonly warn: (line: string) => void;
  /** The run that it must be of; see `runIdentity`. @default any */
  readonly run?: string | undefined;
}

/**
 * Loads the newest checkpoint that is whole; undefined if the run has none yet.
 *
 * @throws {PairlabError} If there are checkpoints and none of them can be used.
 */
export async function loadNewestCheckpoint(
  checkpoints: string,
  warn: (line: string) => void,
  run?: string,
): Promise<LoadedCheckpoint | undefined> {
  return await newestOf(checkpoints, { warn, run }, loadCheckpoint);
}

/**
 * Finds the newest checkpoint of which one file is whole; undefined if there is no checkpoint.
 *
 * @throws {PairlabError} If there are checkpoints and none of them can be used.
 */
export async function newestWithFile(
  checkpoints: string,
  fileOf: (checkpoint: Checkpoint) => {
    readonly path: string;
    readonly identity: FileIdentity | undefined;
  },
  options: NewestOptions,
): Promise<Checkpoint | undefined> {
  return await newestOf(checkpoints, options, async (checkpoint) => {
    const { path, identity } = fileOf(checkpoint);
    await readSafetensors(path, identity);
    return checkpoint;
  });
}

async function newestOf<T>(
  checkpoints: string,
  { warn, run }: NewestOptions,
  open: (checkpoint: Checkpoint) => Promise<T>,
): Promise<T | undefined> {
  const { whole, damaged } = await listCheckpoints(checkpoints);
  const reasons = damaged.map(({ reason }) => reason);
  let opened: T | undefined;
  for (const checkpoint of whole) {
    try {
      checkRun(checkpoint, run);
      opened = await open(checkpoint);
      break;
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      reasons.push(messageOf(error));
    }
  }
  if (opened === undefined && reasons.length > 0) {
    throw new PairlabError(
      `Cannot continue from "${checkpoints}": none of its checkpoints can be used\n${
        reasons.join("\n")
      }`,
    );
  }
  for (const reason of reasons) warn(`Warning: passing over a damaged checkpoint. ${reason}`);
  return opened;
}

/**
 * Checks that a checkpoint is of a run.
 *
 * @throws {PairlabError} If it is of another.
 */
export function checkRun({ folder, state }: Checkpoint, run: string | undefined): void {
  if (run === undefined || state.run === undefined || state.run === run) return;
  throw new PairlabError(
    `Cannot use "${folder}": another run wrote it, or run.json has changed since. Use a checkpoint of this run`,
  );
}
