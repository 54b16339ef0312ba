/** The pictures of a folder, by the stems of their names. */
import { basename, extname, join, parse } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { exists, pathWithin } from "../base/files.ts";
import { isPictureName, kindOfFile, pictureExtensions } from "../pictures/decode.ts";
import { byCodeUnit, type Faults } from "./faults.ts";

/** The contents of a folder of pictures. */
export interface PictureFolder {
  readonly folder: string;
  /** File names by stem (`a` for `a.jpg`), in the order of the names. */
  readonly files: ReadonlyMap<string, string>;
  /** Other files: hidden ones and texts. */
  readonly ignored: number;
}

const textExtensions = [".txt", ".md", ".csv", ".json", ".ini", ".db"];

/** True for files that a data set may hold beside its pictures. */
export function isIgnored(name: string): boolean {
  return name.startsWith(".") || textExtensions.includes(extname(name).toLowerCase());
}

/**
 * Lists the pictures of a folder by name. Anything else that is not ignored is a fault, as are links
 * out of the folder and two pictures of one stem.
 *
 * @throws {PairlabError} If the folder cannot be read.
 *
 * @example
 * ```ts
 * import { listPictures } from "./picture_folder.ts";
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
      const info = await Deno.stat(path);
      if (info.isDirectory) {
        faults.add("folders lie among the pictures, move them elsewhere", quote(path));
      } else faults.add("files are no regular files", `${quote(path)}: ${kindOfFile(info)}`);
      continue;
    }
    if (!isPictureName(name)) {
      faults.add(
        `files are not of a kind that can be read (${pictureExtensions.join(", ")})`,
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
      `Cannot list the folder ${quote(folder)}: ${messageOf(error)}. Use a folder with pictures.`,
    );
  }
}

/** Whether a link leads to a file within `folder`; undefined for a fault. */
async function isOwnFile(
  folder: string,
  path: string,
  faults: Faults,
): Promise<boolean | undefined> {
  if (await pathWithin(folder, basename(path)) !== null) return (await Deno.stat(path)).isFile;
  const fault = await exists(path)
    ? "links lead out of their folder, copy the files instead"
    : "links lead nowhere";
  faults.add(fault, quote(path));
  return undefined;
}

/** A name in quotes, for messages; line breaks in it are escaped. */
export function quote(text: string): string {
  return `"${text.replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"`;
}
