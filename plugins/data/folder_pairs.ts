import {
  checkSplit,
  type Dataset,
  type DataSource,
  decodePicture,
  numpyShuffle,
  type OpenedData,
  type Pair,
  PairlabError,
  type Picture,
  type ResizeKernel,
  resizePicture,
  splitPairs,
} from "../../core/plugin.ts";
import { checkPairs } from "./folder_pairs/check.ts";
import { collectFaults } from "./folder_pairs/faults.ts";
import { findFolders } from "./folder_pairs/find.ts";
import { listSide } from "./folder_pairs/list.ts";
import { matchSides, type PairFiles } from "./folder_pairs/match.ts";

/** Where the pairs are, and which of them are used. */
export interface FolderPairsOptions {
  /** The folder that holds both folders. */
  readonly root: string;
  /** The folder of what the generator is given. @default "input" */
  readonly input?: string;
  /** The folder of what it should produce, under the same names. @default "output" */
  readonly output?: string;
  /** How many pairs are used at most, after shuffling. @default 500 */
  readonly count?: number;
  /** The share of them that is trained on, between 0 and 1; the others test. @default 0.8 */
  readonly trainShare?: number;
  /** Seeds NumPy's legacy generator, which shuffles the names. @default 23 */
  readonly seed?: number;
  /** Brings every picture to `size` x `size` when it is loaded. @default kept as they are */
  readonly resize?: { readonly size: number; readonly kernel: ResizeKernel } | undefined;
  /** Opened instead when `root` does not exist or holds no folders and pictures. @default none */
  readonly otherwise?: DataSource | undefined;
}

/**
 * Pairs of pictures in two folders, `<root>/input` and `<root>/output`, under the same names; the
 * extensions may differ.
 *
 * The inputs' names are sorted, shuffled as `np.random.seed(seed); np.random.shuffle(names)` does, and cut
 * to `count`; the first `trainShare` of them train, rounded, but always at least one pair, and one
 * tests. A single pair does both.
 *
 * Everything is checked when it is opened, every picture decoded completely: all faults are
 * reported together. Hidden files and texts among the pictures are ignored and counted.
 *
 * @example
 * ```ts
 * import { folderPairs } from "./folder_pairs.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const data = folderPairs({ root: "no/such/folder" });
 * await assertRejects(() => data.open(), Error, "there is no folder");
 * ```
 */
export function folderPairs(options: FolderPairsOptions): DataSource {
  const { root, input = "input", output = "output", otherwise } = options;
  const { count = 500, trainShare = 0.8, seed = 23, resize } = options;
  checkSplit(count, trainShare);
  checkSeed(seed);
  return {
    async open(onProgress): Promise<OpenedData> {
      const found = await findFolders({ root, input, output });
      if ("nothing" in found) {
        if (otherwise === undefined) throw nothingFound(found.nothing, input, output);
        const opened = await otherwise.open(onProgress);
        return { ...opened, description: `${found.nothing}: ${opened.description}` };
      }
      const faults = collectFaults(root);
      const inputs = await listSide(found.input, faults);
      const targets = await listSide(found.output, faults);
      const all = matchSides(inputs, targets, faults);
      const pairs = numpyShuffle(all, seed).slice(0, count);
      const digests = await checkPairs(pairs, faults, onProgress);
      faults.throwIfAny();
      const { train, test } = splitPairs(pairs, trainShare);
      return {
        train: datasetOf(train, resize),
        test: datasetOf(test, resize),
        description: describe(root, all.length, train, test, inputs.ignored + targets.ignored),
        fingerprint: await fingerprint(pairs, digests, train.length, test.length),
      };
    },
  };
}

function checkSeed(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new PairlabError(
      `Cannot shuffle by the seed ${seed}: a whole number from 0 to 2^32 - 1 would work`,
    );
  }
}

function nothingFound(reason: string, input: string, output: string): PairlabError {
  return new PairlabError(
    `Cannot find any pairs: ${reason}, a folder with pictures in "${input}" and in "${output}", ` +
      "under the same names, would work (see dataset/README.md)",
  );
}

function datasetOf(pairs: readonly PairFiles[], resize: FolderPairsOptions["resize"]): Dataset {
  const load = async (path: string): Promise<Picture> => {
    const picture = await decodePicture(path);
    if (resize === undefined) return picture;
    const { size, kernel } = resize;
    return await resizePicture(picture, { width: size, height: size }, kernel);
  };
  return {
    names: pairs.map(({ name }) => name),
    async load(index): Promise<Pair> {
      const pair = pairs[index];
      if (pair === undefined) {
        throw new RangeError(`Cannot load pair ${index}: there are ${pairs.length}`);
      }
      const [input, target] = await Promise.all([load(pair.input), load(pair.target)]);
      return { name: pair.name, input, target };
    },
  };
}

function describe(
  root: string,
  all: number,
  train: readonly PairFiles[],
  test: readonly PairFiles[],
  ignored: number,
): string {
  const used = new Set([...train, ...test]).size;
  const pairs = used === 1 ? "1 pair" : `${used} pairs`;
  const of = used < all ? ` of ${all}` : "";
  const split = used === 1
    ? "which is trained on and tested alike"
    : `${train.length} train, ${test.length} test`;
  const others = ignored === 0
    ? ""
    : `; ${ignored} other ${ignored === 1 ? "file" : "files"} ignored`;
  return `${pairs}${of} in "${root}" (${split}${others})`;
}

async function fingerprint(
  pairs: readonly PairFiles[],
  digests: readonly string[],
  train: number,
  test: number,
): Promise<string> {
  const lines = pairs.map(({ name }, index) => `${JSON.stringify(name)} ${digests[index]}`);
  const text = [`${train} train, ${test} test`, ...lines].join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256:${new Uint8Array(digest).toHex()}`;
}
