/** Trained weights that another training begins with. */
import { basename, dirname, extname, join } from "@std/path";
import { hash } from "node:crypto";
import { messageOf, PairlabError } from "../base/errors.ts";
import { exists, isFile } from "../base/files.ts";
import { oneOf } from "../base/nearest.ts";
import { say } from "../base/terminal.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { findGenerator } from "./generator_file.ts";
import { type FileIdentity, readSafetensors, type StoredTensor } from "./safetensors.ts";
import { DISCRIMINATOR_FILE } from "./weights.ts";

/** Arrays by the names that Pairlab gives them, e.g. `down1_convolution/kernel`. */
type Arrays = ReadonlyMap<string, StoredTensor>;

/** Weights of one network or both. */
export interface TrainedNetworks {
  readonly generator?: Arrays;
  readonly discriminator?: Arrays;
}

/** Weights of one network or both, and where they were found. */
export interface Origin extends TrainedNetworks {
  /** Each file and its hash: what run.json records. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Reads a network that another program wrote, e.g. latest_net_G.pth. */
type Convert = (path: string) => Promise<TrainedNetworks>;

/**
 * Reads the weights of several places as one origin, e.g. of a generator's file and of a
 * discriminator's; see {@link openOrigin}.
 *
 * @throws {PairlabError} If two of them hold the same network.
 */
export async function openOrigins(paths: readonly string[], convert?: Convert): Promise<Origin> {
  let joined: Origin = { files: [] };
  for (const path of paths) {
    const origin = await openOrigin(path, convert);
    for (const network of ["generator", "discriminator"] as const) {
      if (joined[network] === undefined || origin[network] === undefined) continue;
      throw new PairlabError(
        `Cannot start from "${path}" as well: weights of a ${network} were named before. Name one place for each network.`,
      );
    }
    joined = { ...joined, ...origin, files: [...joined.files, ...origin.files] };
  }
  return joined;
}

/**
 * Reads the weights of a run (its newest whole checkpoint), of `RUN:CHECKPOINT`, of a checkpoint's
 * folder, or of a generator's file. Files of a checkpoint are verified against the hashes in it.
 *
 * @param convert Reads what another program wrote. @default nothing does
 * @throws {PairlabError} If it is none of these, or a checkpoint's file is missing, cut or altered.
 */
export async function openOrigin(path: string, convert?: Convert): Promise<Origin> {
  if (convert !== undefined && FOREIGN.includes(extname(path).toLowerCase())) {
    const { sha256 } = await identityOf(path);
    return { files: [{ path, sha256 }], ...await convert(path) };
  }
  if (extname(path) !== ".safetensors" && await isFile(path)) {
    throw new PairlabError(
      `Cannot start from "${path}": it is no run, and no file of weights. Name a run's folder, or a file that ends in ${
        oneOf([".safetensors", ...FOREIGN])
      }.`,
    );
  }
  const found = await findGenerator(await named(path), undefined, say);
  const generator = await read(found.path, found.identity);
  if (found.identity === undefined) {
    return { files: [generator.file], generator: generator.arrays };
  }
  const folder = dirname(found.path);
  const { files } = (await openCheckpoint(folder)).state;
  if (!Object.hasOwn(files, DISCRIMINATOR_FILE)) {
    return { files: [generator.file], generator: generator.arrays };
  }
  const discriminator = await read(join(folder, DISCRIMINATOR_FILE), files[DISCRIMINATOR_FILE]);
  return {
    files: [generator.file, discriminator.file],
    generator: generator.arrays,
    discriminator: discriminator.arrays,
  };
}

/** The ends of files that other programs write. */
const FOREIGN = [".pth", ".pt", ".keras", ".h5", ".hdf5"];

/** The folder that is meant by `RUN:CHECKPOINT`. */
async function named(path: string): Promise<string> {
  const colon = path.lastIndexOf(":");
  // A drive of Windows has one, too.
  if (colon < 2 || await exists(path)) return path;
  const [run, checkpoint] = [path.slice(0, colon), path.slice(colon + 1)];
  if (checkpoint !== basename(checkpoint)) {
    throw new PairlabError(
      `Cannot start from "${path}": "${checkpoint}" is no name of a checkpoint. Name a folder in "${
        join(run, "checkpoints")
      }".`,
    );
  }
  return join(run, "checkpoints", checkpoint);
}

/** @param recorded What a checkpoint says of the file. */
async function read(
  path: string,
  recorded?: FileIdentity,
): Promise<{ file: Origin["files"][number]; arrays: Arrays }> {
  const identity = recorded ?? await identityOf(path);
  const { tensors } = await readSafetensors(path, identity);
  return { file: { path, sha256: identity.sha256 }, arrays: tensors };
}

async function identityOf(path: string): Promise<FileIdentity> {
  try {
    const bytes = await Deno.readFile(path);
    return { bytes: bytes.length, sha256: hash("sha256", bytes) };
  } catch (error) {
    throw new PairlabError(
      `Cannot start from "${path}": ${messageOf(error)}. Name a file that can be read.`,
      { cause: error },
    );
  }
}
