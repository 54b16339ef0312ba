/** The pictures of one folder, by the stem of their names. */
import { extname, join, parse } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { isPictureName, pictureExtensions } from "../pictures/decode.ts";
import { byCodeUnit, type Faults } from "./faults.ts";
import { realPathWithin } from "./within.ts";

/** What lies in a folder of pictures. */
export interface PictureFolder {
  readonly folder: string;
  /** File names by stem (`a` for `a.jpg`), in the order of the names. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that are no pictures and need not be: hidden ones, texts. */
  readonly ignored: number;
}

const textExtensions = [".txt", ".md", ".csv", ".json", ".ini", ".db"];

/** True for what a data set may hold beside its pictures. */
export function isIgnored(name: string): boolean {
  return name.startsWith(".") || textExtensions.includes(extname(name).toLowerCase());
}

/**
 * Lists the pictures of a folder, in the order of their names. What is neither a picture nor ignored
 * is a fault, and so are links that leave the folder and two pictures of one stem.
 *
 * @throws {PairlabError} When the folder cannot be read.
 *
 * @example
 * ```ts
 * import { listPictures } from "./list.ts";
 * import { collectFaults } from "./faults.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["b.png", "a.jpg", "notes.txt"]) await Deno.writeTextFile(`${folder}/${name}`, "");
 * const { files, ignored } = await listPictures(folder, collectFaults(folder));
 * assertEquals([...files], [["a", "a.jpg"], ["b", "b.png"]]);
 * assertEquals(ignored, 1);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function listPictures(folder: string, faults: Faults): Promise<PictureFolder> {
  const files = new Map<string, string>();
  let ignored = 0;
  for (const entry of await readFolder(folder)) {
    const { name } = entry;
    const path = join(folder, name);
    if (isIgnored(name)) {
      ignored++;
      continue;
    }
    const isFile = entry.isSymlink ? await isOwnFile(folder, path, faults) : entry.isFile;
    if (isFile === undefined) continue;
    if (!isFile) {
      faults.add("folders lie among the pictures, moving them elsewhere would work", quote(path));
      continue;
    }
    if (!isPictureName(name)) {
      faults.add(
        `files are not of a kind that can be read, ${pictureExtensions.join(", ")} would work`,
        quote(path),
      );
      continue;
    }
    // macOS may store "é" as two characters where another system stored one.
    const stem = parse(name).name.normalize("NFC");
    const twin = files.get(stem);
    if (twin === undefined) files.set(stem, name);
    else {
      faults.add(
        "names occur twice, one of the files should go",
        `${quote(join(folder, twin))} and ${quote(name)}`,
      );
    }
  }
  return { folder, files, ignored };
}

async function readFolder(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.sort((a, b) => byCodeUnit(a.name, b.name));
  } catch (error) {
    throw new PairlabError(
      `Cannot list the folder ${quote(folder)}: ${
        messageOf(error)
      }, a folder with pictures would work`,
    );
  }
}

/** Whether a link leads to a file (or a folder) within `folder`; undefined when it is a fault. */
async function isOwnFile(
  folder: string,
  path: string,
  faults: Faults,
): Promise<boolean | undefined> {
  const real = await realPathWithin(folder, path);
  if (real === "outside") {
    faults.add("links lead out of their folder, copies of the files would work", quote(path));
    return undefined;
  }
  if (real === "missing") {
    faults.add("links lead nowhere", quote(path));
    return undefined;
  }
  return (await Deno.stat(path)).isFile;
}

/** For messages. */
export function quote(text: string): string {
  return `"${text}"`;
}
