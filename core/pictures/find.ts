/** Finds pictures by files, folders and globs. */
import { glob } from "node:fs/promises";
import { basename, extname, join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { ifThere, shortName } from "../base/files.ts";
import { isPictureName, pictureExtensions } from "./decode.ts";

/**
 * Resolves files, folders (the pictures right in them, by name) and globs (`photos/*.jpg`) to
 * files, in the order given, each once.
 *
 * @param tell Hears how many links and other files of a folder are skipped.
 * @throws {PairlabError} If one does not exist, or holds no picture.
 */
export async function findPictures(
  inputs: readonly string[],
  tell: (line: string) => void = () => {},
): Promise<string[]> {
  const found = new Set<string>();
  for (const input of inputs) {
    const paths = await resolve(input, tell);
    if (paths.length === 0) {
      throw new PairlabError(
        `Cannot find a picture in "${input}". Use files ending in ${pictureExtensions.join(", ")}.`,
      );
    }
    for (const path of paths) found.add(path);
  }
  return [...found];
}

async function resolve(input: string, tell: (line: string) => void): Promise<string[]> {
  const info = await ifThere(Deno.stat(input));
  if (info !== undefined) return info.isDirectory ? await picturesIn(input, tell) : [input];
  if (!/[*?[{]/.test(input)) {
    throw new PairlabError(
      `Cannot find "${input}": it does not exist. Use a picture, a folder or a glob.`,
    );
  }
  const paths: string[] = [];
  for await (const path of glob(input)) paths.push(path);
  return paths.filter(isPicture).sort();
}

async function picturesIn(folder: string, tell: (line: string) => void): Promise<string[]> {
  const names: string[] = [];
  let links = 0, others = 0;
  for await (const { name, isFile, isSymlink } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    if (isFile && isPicture(name)) names.push(name);
    else if (isSymlink) links++;
    else if (isFile) others++;
  }
  const passed = [[links, "link"], [others, "other file"]] as const;
  const counts = passed.flatMap(([count, what]) =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? "" : "s"}`]
  );
  if (counts.length > 0) tell(`Skipping ${counts.join(" and ")} in "${folder}"`);
  return names.sort().map((name) => join(folder, name));
}

function isPicture(path: string): boolean {
  return !basename(path).startsWith(".") && isPictureName(path);
}

/**
 * A name for each file's result: its own without the extension, numbered where two would be the
 * same, also to a file system that does not tell cases apart, and shortened where it is too long.
 *
 * @example
 * ```ts
 * import { resultNames } from "./find.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(resultNames(["a/rose.jpg", "b/rose.jpg"]), ["rose", "rose_2"]);
 * ```
 */
export function resultNames(paths: readonly string[]): string[] {
  const stems = paths.map((path) => shortName(basename(path, extname(path))));
  const keyOf = (name: string): string => name.normalize().toLowerCase();
  // The first of a stem keeps it: no number of another may make the same.
  const taken = new Set(stems.map(keyOf)), seen = new Set<string>();
  return stems.map((stem) => {
    if (!seen.has(keyOf(stem))) {
      seen.add(keyOf(stem));
      return stem;
    }
    let count = 2;
    while (taken.has(keyOf(`${stem}_${count}`))) count++;
    taken.add(keyOf(`${stem}_${count}`));
    return `${stem}_${count}`;
  });
}
