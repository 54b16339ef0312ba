/** The generators of a checkpoint. */
import { extname, join } from "@std/path";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { AVERAGED_FILE, GENERATOR_FILE } from "./weights.ts";
import { PairlabError } from "../base/errors.ts";
import { refuseLinks } from "../base/files.ts";
import { newestWithFile } from "./checkpoints.ts";
import type { FileIdentity } from "./safetensors.ts";

/** The weights of a generator: their moving average, or as they were trained. */
export type Weights = "averaged" | "trained";

/** The words for {@link Weights}. */
export const WEIGHTS: readonly Weights[] = ["averaged", "trained"];

/** A generator of a checkpoint. */
export interface GeneratorFile {
  readonly path: string;
  readonly identity: FileIdentity | undefined;
  readonly weights: Weights;
}

/**
 * Chooses a generator of a checkpoint.
 *
 * @param weights Left out: the average if the checkpoint holds one.
 * @throws {PairlabError} If it holds no average and one is asked for.
 */
export function generatorFile(
  { folder, state: { files } }: Checkpoint,
  weights?: Weights,
): GeneratorFile {
  const isThere = Object.hasOwn(files, AVERAGED_FILE);
  if (weights === "averaged" && !isThere) {
    throw new PairlabError(
      `Cannot use the averaged weights of "${folder}": its run keeps none. Use --weights=trained (another run keeps an average with average: { decay: 0.999 } in its experiment)`,
    );
  }
  const chosen = weights ?? (isThere ? "averaged" : "trained");
  const name = chosen === "averaged" ? AVERAGED_FILE : GENERATOR_FILE;
  return { path: join(folder, name), identity: files[name], weights: chosen };
}

/**
 * Finds a generator by a path that a user gave: a run folder (its newest checkpoint with a whole
 * generator), one of its checkpoints, or a generator's file, which does not say which weights it holds.
 *
 * @param warn Hears of damaged checkpoints that are passed over. @default nobody
 * @throws {PairlabError} If it is none of these, or has no such generator.
 */
export async function findGenerator(
  path: string,
  weights?: Weights,
  warn: (line: string) => void = () => {},
): Promise<Omit<GeneratorFile, "weights"> & { readonly weights: Weights | null }> {
  if (extname(path) === ".safetensors") {
    if (weights === undefined) return { path, identity: undefined, weights: null };
    throw new PairlabError(
      `Cannot choose the ${weights} weights of "${path}": it holds one generator. Name its run or checkpoint`,
    );
  }
  await refuseLinks(path);
  const chosen = (checkpoint: Checkpoint): GeneratorFile => generatorFile(checkpoint, weights);
  const newest = await newestWithFile(join(path, "checkpoints"), chosen, { warn });
  return generatorFile(newest ?? await openNamed(path), weights);
}

async function openNamed(path: string): Promise<Checkpoint> {
  try {
    return await openCheckpoint(path);
  } catch (error) {
    throw new PairlabError(
      `Cannot use "${path}": it holds no checkpoint. Name a run folder after its first checkpoint`,
      { cause: error },
    );
  }
}
