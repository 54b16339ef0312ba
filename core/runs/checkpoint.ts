/** Checkpoints: both networks, both optimizers and where the training stood, in one folder. */
import { join } from "@std/path";
import { assignAll, checkFit, sourcesOf, variablesByFile } from "./weights.ts";
import { type CheckpointState, readState, writeState } from "./checkpoint_state.ts";
import { isTemporary, removeDurably, writeFolderDurably } from "../base/files.ts";
import { messageOf } from "../base/errors.ts";
import type { MetricsLog } from "./metrics_log.ts";
import type { Networks } from "../model/networks.ts";
import { checkpointName, type Position } from "./checkpoint_state.ts";
import { REPLAY_FILE } from "./weights.ts";
import type { Updates } from "../model/optimizers.ts";
import {
  readSafetensors,
  type StoredTensor,
  type TensorSource,
  writeSafetensors,
} from "./safetensors.ts";

export type { CheckpointState };

/** A checkpoint on disk. */
export interface Checkpoint {
  readonly folder: string;
  readonly state: CheckpointState;
}

/** A folder that should be a checkpoint and is none any more. */
export interface Damaged {
  readonly folder: string;
  readonly reason: string;
}

/** Kept for good, as the experiment asked. */
export const KEEP_ALWAYS = "always";

/** A pool of earlier fakes, as a checkpoint holds it. */
export interface StoredPool {
  /** `input`, `target` and `fake`, `[pictures, …shape]`. */
  sources(): TensorSource[];
  /** Takes back what a checkpoint holds; nothing empties it. */
  restore(stored: ReadonlyMap<string, StoredTensor> | undefined): void;
}

/** What {@link saveCheckpoint} writes. */
export interface CheckpointParts {
  readonly networks: Networks;
  readonly updates: Updates;
  readonly replay?: StoredPool | undefined;
  readonly position: Position;
  readonly callbacks: CheckpointState["callbacks"];
  /** @default [] */
  readonly keep?: readonly string[];
  /** @default null */
  readonly stopped?: string | null;
  /** The metadata of generators' files, by the name of the file; see `core/predict/predictor.ts`. */
  readonly about: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The run's run.json, for a rescue. */
  readonly record: string;
  /** Names the run, so that a checkpoint of another is recognised. @default none */
  readonly run?: string | undefined;
  /** The run's log, whose position belongs to the checkpoint. @default none */
  readonly log?: Pick<MetricsLog, "mark" | "copyTo"> | undefined;
}

/** Writes a checkpoint into `checkpoints` (a folder of the run), all of it or nothing. */
export async function saveCheckpoint(
  checkpoints: string,
  { networks, updates, replay, position, callbacks, keep = [], stopped = null, about, run, log }:
    Omit<
      CheckpointParts,
      "record"
    >,
): Promise<Checkpoint> {
  const folder = join(checkpoints, checkpointName(position));
  const files: CheckpointState["files"] = {};
  const state: CheckpointState = {
    format: 1,
    ...position,
    callbacks,
    keep: [...keep],
    stopped,
    ...run === undefined ? {} : { run },
    ...log === undefined ? {} : { log: await log.mark() },
    files,
  };
  await writeFolderDurably(folder, async (beside) => {
    for (const [name, variables] of variablesByFile(networks, updates)) {
      const metadata = about[name] ?? { format: "pairlab" };
      files[name] = await writeSafetensors(join(beside, name), sourcesOf(variables), metadata);
    }
    if (replay !== undefined) {
      const path = join(beside, REPLAY_FILE);
      files[REPLAY_FILE] = await writeSafetensors(path, replay.sources(), { format: "pairlab" });
    }
    await writeState(beside, state);
  });
  return { folder, state };
}

/** Notes more reasons to keep a checkpoint that is there already. */
export async function keepCheckpoint(
  checkpoint: Checkpoint,
  reasons: readonly string[],
): Promise<Checkpoint> {
  const keep = [...new Set([...checkpoint.state.keep, ...reasons])];
  const state = { ...checkpoint.state, keep };
  await writeState(checkpoint.folder, state);
  return { folder: checkpoint.folder, state };
}

/**
 * The checkpoints of a run, the newest first, and the folders that are damaged. Those that were
 * being written when a run died are among neither.
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
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) if (isDirectory) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/**
 * One checkpoint, by its folder.
 *
 * @throws {PairlabError} If the folder is none.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  return { folder, state: await readState(folder) };
}

/** A checkpoint whose files were read and found whole. */
export interface LoadedCheckpoint extends Checkpoint {
  readonly tensors: ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;
}

/**
 * Reads all files of a checkpoint and checks them against the hashes that were noted.
 *
 * @throws {PairlabError} If one is missing, cut or altered.
 */
export async function loadCheckpoint({ folder, state }: Checkpoint): Promise<LoadedCheckpoint> {
  const tensors = new Map<string, ReadonlyMap<string, StoredTensor>>();
  for (const [name, identity] of Object.entries(state.files)) {
    tensors.set(name, (await readSafetensors(join(folder, name), identity)).tensors);
  }
  return { folder, state, tensors };
}

/**
 * Puts a checkpoint's numbers into networks, optimizers and pool: all of them, or none if it does
 * not fit.
 *
 * @throws {PairlabError} If it was written by other networks.
 */
export function restoreCheckpoint(
  { folder, tensors }: LoadedCheckpoint,
  networks: Networks,
  updates: Updates,
  replay?: StoredPool,
): void {
  const files = variablesByFile(networks, updates);
  const storedIn = (name: string): ReadonlyMap<string, StoredTensor> =>
    tensors.get(name) ?? new Map();
  for (const [name, variables] of files) checkFit(join(folder, name), variables, storedIn(name));
  replay?.restore(tensors.get(REPLAY_FILE));
  for (const [name, variables] of files) assignAll(variables, storedIn(name));
}

/**
 * Removes checkpoints that newer ones have made needless. What stays is the newest checkpoint of the
 * run, the newest for each reason (`"best"`, say), and all that have {@link KEEP_ALWAYS} among their
 * reasons: what the experiment asked for, e.g. by `every(25, checkpoint())`.
 */
export async function pruneCheckpoints(checkpoints: string): Promise<void> {
  const { whole } = await listCheckpoints(checkpoints);
  const seen = new Set<string>();
  for (const [index, { folder, state: { keep } }] of whole.entries()) {
    const needed = index === 0 ||
      keep.some((reason) => reason === KEEP_ALWAYS || !seen.has(reason));
    for (const reason of keep) seen.add(reason);
    if (!needed) await removeDurably(folder);
  }
}
