/** Lists the pairs of a folder, for each layout. */
import { join } from "@std/path";
import type { Faults } from "./faults.ts";
import type { PairFolders } from "./folders.ts";
import { listPictures, quote } from "./picture_folder.ts";
import { matchFolders } from "./match.ts";
import type { PairFiles, PictureFile } from "./pair_files.ts";
import type { FolderContents } from "./splits.ts";

/**
 * Lists the pairs of two folders, under the same names.
 *
 * @param faults Collects what is wrong.
 * @throws {PairlabError} If a folder cannot be read.
 *
 * @example
 * ```ts
 * import { listPairs } from "./list_pairs.ts";
 * import { collectFaults } from "./faults.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const folders = { input: `${root}/input`, output: `${root}/output` };
 * for (const folder of Object.values(folders)) {
 *   await Deno.mkdir(folder);
 *   await Deno.writeTextFile(`${folder}/a.png`, "");
 * }
 * const { items } = await listPairs(folders, collectFaults(root));
 * assertEquals(items.map(({ name }) => name), ["a.png"]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function listPairs(
  folders: PairFolders,
  faults: Faults,
): Promise<FolderContents<PairFiles>> {
  const inputs = await listPictures(folders.input, faults);
  const targets = await listPictures(folders.output, faults);
  return {
    items: matchFolders(inputs, targets, faults),
    ignored: inputs.ignored + targets.ignored,
  };
}

/** What a file is to a pair: both its pictures, or both halves of one. */
export type FileLayout =
  /** The same picture is input and target, for inputs that are made of it. */
  | "single"
  /** The left half is the input, the right one the target. */
  | "AtoB"
  /** The right half is the input, the left one the target. */
  | "BtoA";

/**
 * Lists the pairs of a folder in which each file is one.
 *
 * @param faults Collects what is wrong.
 * @throws {PairlabError} If the folder cannot be read.
 *
 * @example
 * ```ts
 * import { listFiles } from "./list_pairs.ts";
 * import { collectFaults } from "./faults.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${root}/a.png`, "");
 * const { items } = await listFiles(root, "BtoA", collectFaults(root));
 * assertEquals(items.map(({ input, target }) => [input.half, target.half]), [["right", "left"]]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function listFiles(
  folder: string,
  layout: FileLayout,
  faults: Faults,
): Promise<FolderContents<PairFiles>> {
  const { files, ignored } = await listPictures(folder, faults);
  if (files.size === 0) faults.add("folders hold no pictures", quote(folder));
  const items = [...files.values()].map((name) => ({
    name,
    ...sidesOf(join(folder, name), layout),
  }));
  return { items, ignored };
}

function sidesOf(
  path: string,
  layout: FileLayout,
): { readonly input: PictureFile; readonly target: PictureFile } {
  if (layout === "single") return { input: { path }, target: { path } };
  const left = { path, half: "left" } as const, right = { path, half: "right" } as const;
  return layout === "AtoB" ? { input: left, target: right } : { input: right, target: left };
}
