/** Trained weights that another training begins with. */
import { basename, dirname, extname, join } from "@std/path";
import { createHash } from "node:crypto";
import { PairlabError } from "../base/errors.ts";
import { exists, ifThere, isFile } from "../base/files.ts";
import { oneOf } from "../base/nearest.ts";
import { findGenerator } from "./generator_file.ts";
import { parseSafetensors, type StoredTensor } from "./safetensors.ts";
import { DISCRIMINATOR_FILE } from "./weights.ts";

/** Arrays by the names that Pairlab gives them, e.g. `down1_convolution/kernel`. */
type Arrays = ReadonlyMap<string, StoredTensor>;

/** Weights of one network or both. */
export interface Origin {
  /** Where they were found, and the hash of each file: what run.json records. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly generator?: Arrays;
  readonly discriminator?: Arrays;
}

/**
 * Reads the weights of a run (its newest whole checkpoint), of `RUN:CHECKPOINT`, of a checkpoint's
 * folder, or of a generator's file.
 *
 * @param convert Reads a generator that another program wrote, e.g. latest_net_G.pth. @default none
 * @throws {PairlabError} If it is none of these.
 */
export async function openOrigin(
  path: string,
  convert?: (path: string) => Promise<Arrays>,
): Promise<Origin> {
  if (convert !== undefined && FOREIGN.includes(extname(path).toLowerCase())) {
    const generator = await convert(path);
    return { files: [{ path, sha256: sha256Of(await Deno.readFile(path)) }], generator };
  }
  if (extname(path) !== ".safetensors" && await isFile(path)) {
    throw new PairlabError(
      `Cannot start from "${path}": it is no run, and no file of weights. Name a run's folder, or a file that ends in ${
        oneOf([".safetensors", ...FOREIGN])
      }.`,
    );
  }
  const found = await findGenerator(await named(path));
  const generator = await read(found.path);
  const beside = join(dirname(found.path), DISCRIMINATOR_FILE);
  const discriminator = found.identity === undefined ? undefined : await ifThere(read(beside));
  return {
    files: [generator, discriminator].flatMap((file) => file === undefined ? [] : [file.file]),
    generator: generator.arrays,
    ...discriminator !== undefined && { discriminator: discriminator.arrays },
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

async function read(path: string): Promise<{ file: Origin["files"][number]; arrays: Arrays }> {
  const bytes = await Deno.readFile(path);
  const { tensors } = parseSafetensors(path, bytes);
  return { file: { path, sha256: sha256Of(bytes) }, arrays: tensors };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
