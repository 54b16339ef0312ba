import {
  type DataSource,
  findPairFolders,
  folderSource,
  type FolderSourceOptions,
  listPairs,
} from "../../core/plugin.ts";

/** Where the pairs are, which of them are used, and how they are read. */
export interface FolderPairsOptions extends FolderSourceOptions {
  /** The folder that holds both folders. */
  readonly root: string;
  /** The folder of what the generator is given. @default "input" */
  readonly input?: string;
  /** The folder of what it should produce, under the same names. @default "output" */
  readonly output?: string;
  /** How many pairs are used at most. @default 500, or all of a data set that is split already */
  readonly count?: number;
}

/**
 * Pairs of pictures in two folders, `<root>/input` and `<root>/output`, under the same names; the
 * extensions may differ.
 *
 * The inputs' names are sorted, shuffled as `np.random.seed(seed); np.random.shuffle(names)` does, and cut
 * to `count`; the first `trainShare` of them train, rounded, but always at least one pair, and one
 * tests. A single pair does both. If there are `<root>/train` and `<root>/test` (or `val`), each with
 * an `input` and an `output`, that is the split.
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
  const { input = "input", output = "output" } = options;
  return folderSource(options, {
    wanted: `a folder with pictures in "${input}" and in "${output}", under the same names`,
    usualCount: 500,
    list: async (root, faults) =>
      await listPairs(await findPairFolders({ root, input, output }), faults),
  });
}
