/** Files and folders: whether they exist, and writing them whole or not at all. */
import { hash } from "node:crypto";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "@std/path";
import { PairlabError } from "./errors.ts";

/** True for anything that can be opened at this path. */
export async function exists(path: string): Promise<boolean> {
  return await infoOf(path) !== undefined;
}

/** True for a file, or a link to one. */
export async function isFile(path: string): Promise<boolean> {
  return (await infoOf(path))?.isFile === true;
}

/** What a folder holds; nothing if it does not exist. */
export async function entriesIn(folder: string): Promise<Deno.DirEntry[]> {
  return await ifThere(Array.fromAsync(Deno.readDir(folder))) ?? [];
}

/** The result of reading a path; undefined if nothing is there. */
export async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** True for a folder, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await infoOf(path))?.isDirectory === true;
}

/**
 * The real path of what a folder has at a path that comes from a record: null if nothing is there, or
 * the path or a link on it leads out of the folder.
 */
export async function pathWithin(folder: string, path: string): Promise<string | null> {
  try {
    const root = await Deno.realPath(folder);
    const found = await Deno.realPath(resolve(root, path));
    return isWithin(root, found) ? found : null;
  } catch {
    return null;
  }
}

/** True for a folder itself, and what is anywhere in it, by their paths alone. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== "..";
}

async function infoOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

/**
 * Writes a file beside `path`, flushes it, and renames it into place. The folder must exist. On
 * failure, nothing is left behind and an older file stays as it was.
 *
 * @throws Whatever `write` or the file system throws.
 */
export async function writeDurably(
  path: string,
  write: (file: Deno.FsFile) => Promise<void>,
): Promise<void> {
  const beside = temporaryBeside(path);
  try {
    {
      // Closed before it is renamed, as Windows requires.
      using file = await Deno.open(beside, { write: true, createNew: true });
      await write(file);
      await file.sync();
    }
    await Deno.rename(beside, path);
  } catch (error) {
    await ifThere(Deno.remove(beside, { recursive: true }));
    throw error;
  }
  await syncFolder(dirname(path));
}

/** {@link writeDurably} for a text. */
export async function writeTextDurably(path: string, text: string): Promise<void> {
  await writeDurably(path, (file) => writeAll(file, new TextEncoder().encode(text)));
}

/**
 * Fills a folder through `write`, then puts it in place of any folder at `path`.
 *
 * @throws Whatever `write` or the file system throws; nothing is left behind.
 */
export async function writeFolderDurably(
  path: string,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const beside = temporaryBeside(path);
  await Deno.mkdir(beside, { recursive: true });
  try {
    await write(beside);
    await syncFolder(beside);
    await removeDurably(path);
    await Deno.rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await ifThere(Deno.remove(beside, { recursive: true }));
    throw error;
  }
}

/** Removes a folder if it exists; readers see all of it or nothing. */
export async function removeDurably(path: string): Promise<void> {
  const beside = temporaryBeside(path);
  await ifThere(Deno.rename(path, beside));
  await ifThere(Deno.remove(beside, { recursive: true }));
}

/** Flushes the names in a folder to disk, where the operating system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Windows opens no folder, and some file systems flush none.
  }
}

/** Removes what interrupted writes and removals have left in a folder. */
export async function removeRemains(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (isTemporary(name)) await ifThere(Deno.remove(join(folder, name), { recursive: true }));
  }
}

/** Writes all bytes, in as many calls as that takes. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** Up to `length` bytes of a file from a position on; fewer if it ends before. */
export async function readAt(
  file: Deno.FsFile,
  position: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(position, Deno.SeekMode.Start);
  let read = 0;
  while (read < length) {
    const count = await file.read(bytes.subarray(read));
    if (count === null) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** Bytes one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes of a name that leave room for a prefix, an extension, and {@link temporaryBeside}. */
const LONGEST_NAME = 200;

/**
 * A file name that every file system takes: of a long one its beginning, and a hash of all of it.
 *
 * @example
 * ```ts
 * import { shortName } from "./files.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shortName("rose"), "rose");
 * assertEquals(shortName("花".repeat(80)), `${"花".repeat(63)}-c20ee66f`);
 * ```
 */
export function shortName(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= LONGEST_NAME) return name;
  const digits = hash("sha256", bytes).slice(0, 8);
  // A character that is cut ends in U+FFFD.
  const beginning = new TextDecoder().decode(bytes.subarray(0, LONGEST_NAME - 1 - digits.length));
  return `${beginning.replace(/\uFFFD+$/, "")}-${digits}`;
}

/** True for the name that a file or folder has while it is being written. */
export function isTemporary(name: string): boolean {
  return /^\..*\.part-[0-9a-f]{8}$/.test(name);
}

/** A name beside a path for what is being written, see {@link isTemporary}. */
export function temporaryBeside(path: string): string {
  const suffix = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `.${basename(path)}.part-${suffix}`);
}

/**
 * Rejects a run folder that contains a link: files outside would be read or overwritten through it.
 * The folder itself may be a link, since the user named it.
 *
 * @throws {PairlabError} Naming the first link found.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const link = await findLink(folder, "");
  if (link === undefined) return;
  throw new PairlabError(
    `Cannot use the run "${folder}": "${link}" in it is a link, and links out of a run folder are not followed. Replace it by what it points to.`,
  );
}

async function findLink(folder: string, below: string): Promise<string | undefined> {
  try {
    for await (const { name, isSymlink, isDirectory } of Deno.readDir(join(folder, below))) {
      const path = join(below, name);
      const found = isSymlink ? path : isDirectory ? await findLink(folder, path) : undefined;
      if (found !== undefined) return found;
    }
  } catch {
    // Missing or unreadable folders are reported by whoever needs them.
  }
  return undefined;
}
