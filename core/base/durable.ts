/** Files that are either there as a whole or not at all: written beside, flushed, renamed. */
import { basename, dirname, join } from "@std/path";

/**
 * Writes a file through `write` and puts it in its place when all of it has reached the disk. The
 * folder must exist. If it fails, nothing is left behind and an older file stays as it was.
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
      // Closed before it is renamed, as Windows wants it.
      using file = await Deno.open(beside, { write: true, createNew: true });
      await write(file);
      await file.sync();
    }
    await Deno.rename(beside, path);
  } catch (error) {
    await remove(beside);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** {@link writeDurably} for a text. */
export async function writeTextDurably(path: string, text: string): Promise<void> {
  await writeDurably(path, (file) => writeAll(file, new TextEncoder().encode(text)));
}

/**
 * Fills a folder through `write` and puts it in its place when `write` is done. An existing folder
 * of that name is replaced.
 *
 * @throws Whatever `write` or the file system throws; then nothing is left behind.
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
    await remove(beside);
    throw error;
  }
}

/** Removes a folder, if it is there: whoever looks sees all of it or nothing. */
export async function removeDurably(path: string): Promise<void> {
  const beside = temporaryBeside(path);
  try {
    await Deno.rename(path, beside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await remove(beside);
}

/** Has the names in a folder reach the disk, where the operating system flushes folders. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Windows opens no folder, and some file systems flush none: a name is safe there, or it is not.
  }
}

/** Removes what processes that died while they wrote or removed have left in a folder. */
export async function removeRemains(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (isTemporary(name)) await remove(join(folder, name));
  }
}

/** Writes all bytes, however many calls that takes. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** True for the name of a file or folder that was being written when its writer died. */
export function isTemporary(name: string): boolean {
  return /^\..*\.part-[0-9a-f]{8}$/.test(name);
}

function temporaryBeside(path: string): string {
  const suffix = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `.${basename(path)}.part-${suffix}`);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
