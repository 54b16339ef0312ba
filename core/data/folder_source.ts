/** A data source of the pictures in a folder: list, split, verify. */
import { PairlabError } from "../base/errors.ts";
import type { DataSource } from "../interfaces/pictures.ts";
import { collectFaults, type Faults } from "./faults.ts";
import { whyEmpty } from "./folders.ts";
import { openInstead, openPairs } from "./open_pairs.ts";
import type { PairFiles, ReadOptions } from "./pair_files.ts";
import {
  checkSplitOptions,
  type FolderContents,
  splitFolder,
  type SplitOptions,
} from "./splits.ts";

/** Options that every source of files has. */
export interface FolderSourceOptions extends SplitOptions, ReadOptions {
  /** The folder, which may hold `train` and `test`. */
  readonly root: string;
  /** Used if the folder does not exist or is empty. @default none: an error */
  readonly otherwise?: DataSource | undefined;
}

/** How the pairs of a folder are found. */
export interface FolderLayout {
  /** What the folder should hold, for messages: `a folder with sharp pictures`. */
  readonly wanted: string;
  /** The default of `count`, unless the folder holds `train` and `test`. @default all */
  readonly usualCount?: number;
  /** Lists the pairs of `root`, or of its `train` and `test`, in the order of their names. */
  list(folder: string, faults: Faults): Promise<FolderContents<PairFiles>>;
}

/**
 * A data source of a folder's files. Opening it lists the pairs, splits them, decodes every picture,
 * and reports all faults together.
 *
 * @throws {PairlabError} At once for a `count` or `trainShare` out of range.
 *
 * @example
 * ```ts
 * import { folderSource } from "./folder_source.ts";
 * import { writePicture } from "../pictures/encode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const path = `${root}/a.png`;
 * await writePicture(path, { data: new Uint8Array(3), width: 1, height: 1, channels: 3 });
 * const source = folderSource({ root }, {
 *   wanted: "a folder with pictures",
 *   list: () => Promise.resolve({ items: [{ name: "a", input: { path }, target: { path } }], ignored: 0 }),
 * });
 * assertEquals((await source.open()).train.names, ["a"]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export function folderSource(
  { root, otherwise, ...options }: FolderSourceOptions,
  { wanted, usualCount, list }: FolderLayout,
): DataSource {
  checkSplitOptions(options);
  return {
    async open(onProgress) {
      const nothing = await whyEmpty(root);
      if (nothing !== undefined) {
        return await openInstead(nothing, { otherwise, wanted, onProgress });
      }
      const faults = collectFaults(root);
      const pairs = await splitFolder(root, (folder) => list(folder, faults), {
        ...options,
        ...usualCount === undefined ? {} : { usualCount },
      });
      if (pairs.all === 0) {
        faults.throwIfAny();
        throw new PairlabError(`Cannot find any pairs in "${root}". Use ${wanted}.`);
      }
      return await openPairs({ root, faults, ...pairs }, { ...options, onProgress });
    },
  };
}
