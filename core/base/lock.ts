/** One run, one owner: two processes would write over each other's checkpoints. */
import { basename, join } from "@std/path";
import { hostname } from "node:os";
import { messageOf, PairlabError } from "./errors.ts";

/** The lock's file in a run folder. */
const NAME = "lock";

/**
 * Takes the lock of a run folder. It is the operating system's: it ends with the process, however
 * that ends, so a crash leaves nothing to clean up, and a reused process number does no harm.
 *
 * @returns The lock; closing it gives it back.
 * @throws {PairlabError} If another process holds it, with that process' number and machine.
 */
export async function lockRun(folder: string): Promise<Disposable> {
  const path = join(folder, NAME);
  const file = await open(path, folder);
  try {
    if (await tryLock(file)) {
      await file.truncate(0);
      await file.write(new TextEncoder().encode(`${Deno.pid} on ${hostname()}\n`));
      return file;
    }
  } catch (error) {
    file.close();
    throw cannotLock(folder, error);
  }
  file.close();
  const owner = (await Deno.readTextFile(path)).trim();
  throw new PairlabError(
    `Cannot train in "${folder}": process ${
      owner || "?"
    } is at work in it. Use another folder, or wait until it ends.`,
  );
}

/** Some network file systems have no locks: there the lock always succeeds. */
async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (["ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(`${code}`)) return true;
    throw error;
  }
}

/** True for the lock's file, as a run leaves it. */
export async function isLock(path: string): Promise<boolean> {
  if (basename(path) !== NAME) return false;
  const { isFile, size } = await Deno.lstat(path);
  return isFile && size < 512 && /^(\d+( on .+)?\n)?$/.test(await Deno.readTextFile(path));
}

async function open(path: string, folder: string): Promise<Deno.FsFile> {
  try {
    if (await isLink(path)) throw new Error(`"${NAME}" in it is a link`);
    return await Deno.open(path, { read: true, write: true, create: true });
  } catch (error) {
    throw cannotLock(folder, error);
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isSymlink;
  } catch {
    return false;
  }
}

function cannotLock(folder: string, error: unknown): PairlabError {
  return new PairlabError(
    `Cannot train in "${folder}": ${messageOf(error)}. Use a folder that you may write to.`,
  );
}
