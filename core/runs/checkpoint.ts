/**
 * A checkpoint: named arrays and a state, in one folder. `core/train/state.ts` says which, and
 * `checkpoint_state.ts` in what form.
 */
import { join } from "@std/path";
import { writeFolderDurably } from "../base/files.ts";
import {
  checkpointName,
  type CheckpointState,
  type Position,
  readState,
  writeState,
} from "./checkpoint_state.ts";
import type { MetricsLog } from "./metrics_log.ts";
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

/** A checkpoint whose files were read and verified. */
export interface LoadedCheckpoint extends Checkpoint {
  /** Arrays by file, then by name. */
  readonly tensors: ReadonlyMap<string, ReadonlyMap<string, StoredTensor>>;
}

/** One file of arrays. */
export interface ArrayFile {
  readonly arrays: readonly TensorSource[];
  /** @default { format: "pairlab" } */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The contents of a checkpoint. */
export interface CheckpointContents {
  readonly files: ReadonlyMap<string, ArrayFile>;
  readonly state: Position & Pick<CheckpointState, "callbacks" | "stopped">;
}

/** How a checkpoint is saved. */
export interface SaveOptions {
  /** Reasons to keep it; see `pruneCheckpoints`. @default [] */
  readonly keep?: readonly string[];
  /** Names the run; see `runIdentity`. */
  readonly run?: string | undefined;
  /** The run's log, whose position belongs to the checkpoint. */
  readonly log?: Pick<MetricsLog, "mark"> | undefined;
}

/** Writes a checkpoint into `checkpoints` (a folder of the run), all of it or nothing. */
export async function saveCheckpoint(
  checkpoints: string,
  { files: contents, state: { callbacks, stopped, ...position } }: CheckpointContents,
  { keep = [], run, log }: SaveOptions = {},
): Promise<Checkpoint> {
  const folder = join(checkpoints, checkpointName(position));
  const files: CheckpointState["files"] = {};
  const state: CheckpointState = {
    format: 1,
    ...position,
    callbacks,
    keep: [...keep],
    stopped,
    ...run !== undefined && { run },
    ...log !== undefined && { log: await log.mark() },
    files,
  };
  await writeFolderDurably(folder, async (beside) => {
    for (const [name, { arrays, metadata = { format: "pairlab" } }] of contents) {
      files[name] = await writeSafetensors(join(beside, name), arrays, metadata);
    }
    await writeState(beside, state);
  });
  return { folder, state };
}

/** Adds reasons to keep a checkpoint that is saved already. */
export async function keepCheckpoint(
  { folder, state }: Checkpoint,
  reasons: readonly string[],
): Promise<Checkpoint> {
  const kept = { ...state, keep: [...new Set([...state.keep, ...reasons])] };
  await writeState(folder, kept);
  return { folder, state: kept };
}

/**
 * Opens a checkpoint by its folder, without its arrays.
 *
 * @throws {PairlabError} If the folder is not one of a checkpoint.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  return { folder, state: await readState(folder) };
}

/**
 * Reads all files of a checkpoint and verifies their hashes.
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
