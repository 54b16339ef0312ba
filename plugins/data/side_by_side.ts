import {
  type DataSource,
  folderSource,
  type FolderSourceOptions,
  listFiles,
  PairlabError,
} from "../../core/plugin.ts";

/** Where the files are, which half is the input, and which pairs train. */
export interface SideBySideOptions extends FolderSourceOptions {
  /** The folder that holds the files, or `train`, and `test` or `val`, which hold them. */
  readonly root: string;
  /**
   * A is the left half, B the right one: from which to which pictures are translated. The paper's
   * facades are photographs on the left, so that labels to photographs are `BtoA`.
   *
   * @default "AtoB"
   */
  readonly direction?: "AtoB" | "BtoA";
}

/**
 * Pairs that lie side by side in one file, A on the left and B on the right, as in the data sets of
 * the paper (facades, maps, edges to shoes).
 *
 * Of folders `train` and `test` (or else `val`) the first trains and the second tests; otherwise the
 * names are sorted, shuffled as NumPy does with the seed, and split.
 *
 * Everything is checked when it is opened, every file decoded completely: all faults are reported
 * together.
 *
 * @throws {PairlabError} For invalid options, at once.
 *
 * @example
 * ```ts
 * import { sideBySide } from "./side_by_side.ts";
 * import { writePicture } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const photograph = { data: new Uint8Array([9, 9, 9, 5, 5, 5]), width: 2, height: 1, channels: 3 };
 * await writePicture(`${root}/facade.png`, photograph);
 * const { train } = await sideBySide({ root, direction: "BtoA" }).open();
 * const { input, target } = await train.load(0);
 * assertEquals([input.data[0], target.data[0]], [5, 9]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export function sideBySide(options: SideBySideOptions): DataSource {
  const { direction = "AtoB" } = options;
  if (direction !== "AtoB" && direction !== "BtoA") {
    throw new PairlabError(`Cannot translate "${direction}". Use "AtoB" or "BtoA".`);
  }
  return folderSource(options, {
    wanted: "a folder with pictures that hold two side by side",
    list: (folder, faults) => listFiles(folder, direction, faults),
  });
}
