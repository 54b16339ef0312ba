/** One run, one owner: two processes would write over each other's checkpoints. */
import { join } from "@std/path";
import { messageOf, PairlabError } from "./errors.ts";

/**
 * Takes the lock of a run folder. It is the operating system's: it ends with the process, however
 * that ends, so a crash leaves nothing to clean up.
 *
 * @returns The lock; closing it gives it back.
 * @throws {PairlabError} If another process holds it, with that process' number.
 */
export async function lockRun(folder: string): Promise<Disposable> {
  const path = join(folder, "lock");
  const file = await open(path, folder);
  if (!await file.tryLock(true)) {
    file.close();
    const owner = (await Deno.readTextFile(path)).trim();
    throw new PairlabError(
      `Cannot train in "${folder}": process ${
        owner || "?"
      } is at work in it, another folder would work, or waiting until it ends`,
    );
  }
  await file.truncate(0);
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return file;
}

async function open(path: string, folder: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true });
  } catch (error) {
    throw new PairlabError(
      `Cannot train in "${folder}": ${messageOf(error)}, a folder that can be written would work`,
    );
  }
}
