/** Lists all pairs of a data set in any layout, with their splits if it has such. */
import { basename, dirname, join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { isFile, isFolder } from "../base/files.ts";
import { describePictureFile } from "../pictures/decode.ts";
import { collectFaults, type Faults } from "../data/faults.ts";
import { findPairFolders, whyEmpty } from "../data/folders.ts";
import { listPictures } from "../data/picture_folder.ts";
import { listFiles, listPairs } from "../data/list_pairs.ts";
import { findListedPairs } from "../data/manifest_pairs.ts";
import { readManifest, type SplitName } from "../data/manifest.ts";
import type { PairFiles } from "../data/pair_files.ts";
import type { FolderContents } from "../data/splits.ts";

/** How a data set is laid out. */
export type Layout =
  /** Two folders, the same names in both. */
  | "folders"
  /** Files that hold both pictures side by side. */
  | "side-by-side"
  /** A list of pairs. */
  | "manifest"
  /** Single pictures, of which inputs are made on the fly. */
  | "pictures";

/** The layouts by name. */
export const LAYOUTS: readonly Layout[] = ["folders", "side-by-side", "manifest", "pictures"];

/** A pair, and what it is used for if the data set says so. */
export interface SurveyedPair extends PairFiles {
  readonly split: SplitName | undefined;
}

/** All of a data set. */
export interface Survey {
  readonly layout: Layout;
  readonly pairs: readonly SurveyedPair[];
  /** What is wrong with the files so far. */
  readonly faults: Faults;
  /** Other files, which were passed over. */
  readonly ignored: number;
}

/** How a data set is read. */
export interface SurveyOptions {
  /** @default what it looks like */
  readonly layout?: Layout | undefined;
  /** @default "input" */
  readonly input?: string | undefined;
  /** @default "output" */
  readonly output?: string | undefined;
  /** Of side-by-side files: which half is the input. @default "AtoB": the left one */
  readonly direction?: "AtoB" | "BtoA" | undefined;
}

const SPLITS: readonly SplitName[] = ["train", "val", "test"];

/**
 * Lists all pairs of a data set.
 *
 * @param path Its folder, or its manifest.
 * @throws {PairlabError} If there is none.
 */
export async function surveyDataset(path: string, options: SurveyOptions = {}): Promise<Survey> {
  const layout = options.layout ?? await guessLayout(path, options);
  const faults = collectFaults(path);
  if (layout === "manifest") {
    const rows = await readManifest(path);
    const pairs = await findListedPairs(rows, dirname(path), faults);
    return { layout, pairs, faults, ignored: 0 };
  }
  const pairs: SurveyedPair[] = [];
  let ignored = 0;
  for (const { folder, split } of await partsOf(path)) {
    const part = await listPart(folder, layout, options, faults);
    ignored += part.ignored;
    for (const pair of part.items) {
      pairs.push({
        ...pair,
        split,
        name: split === undefined ? pair.name : `${basename(folder)}/${pair.name}`,
      });
    }
  }
  return { layout, pairs, faults, ignored };
}

/** The folders `train`, `val` and `test`, or the data set's own. */
async function partsOf(
  root: string,
): Promise<{ readonly folder: string; readonly split: SplitName | undefined }[]> {
  const parts: { folder: string; split: SplitName }[] = [];
  for (const split of SPLITS) {
    for (const name of split === "val" ? ["val", "validation"] : [split]) {
      const folder = join(root, name);
      if (!await isFolder(folder)) continue;
      parts.push({ folder, split });
      break;
    }
  }
  return parts.length > 0 ? parts : [{ folder: root, split: undefined }];
}

async function guessLayout(
  path: string,
  { input = "input", output = "output" }: SurveyOptions,
): Promise<Layout> {
  if (await isFile(path)) return "manifest";
  const nothing = await whyEmpty(path);
  if (nothing !== undefined) {
    throw new PairlabError(
      `Cannot find a data set: ${nothing}. Use a folder with "${input}" and "${output}", one with ` +
        "files that hold two pictures side by side, or a manifest.",
    );
  }
  const [first] = await partsOf(path);
  const folder = first?.folder ?? path;
  for (const side of [input, output]) {
    if (await isFolder(join(folder, side))) return "folders";
  }
  return await looksDouble(folder) ? "side-by-side" : "pictures";
}

/** Whether most of the first pictures are about twice as wide as high. */
async function looksDouble(folder: string): Promise<boolean> {
  const { files } = await listPictures(folder, collectFaults(folder));
  const first = [...files.values()].slice(0, 9);
  const wide = await Promise.all(first.map(async (name) => {
    try {
      const { width, height } = await describePictureFile(join(folder, name));
      return width % 2 === 0 && width >= 1.7 * height && width <= 2.4 * height;
    } catch {
      return false;
    }
  }));
  return wide.filter((is) => is).length > first.length / 2;
}

async function listPart(
  folder: string,
  layout: Layout,
  { input = "input", output = "output", direction = "AtoB" }: SurveyOptions,
  faults: Faults,
): Promise<FolderContents<PairFiles>> {
  if (layout === "folders") {
    return await listPairs(await findPairFolders({ root: folder, input, output }), faults);
  }
  return await listFiles(folder, layout === "pictures" ? "single" : direction, faults);
}
