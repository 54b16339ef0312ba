/** Nothing in a run folder is followed out of it. */
import { join } from "@std/path";
import { PairlabError } from "./errors.ts";

/**
 * Refuses a run folder in which something is a link: what it points to would be read, or written
 * over, in the run's place. The folder itself may be one, since the user has named it.
 *
 * @throws {PairlabError} Naming the first link that was found.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const link = await findLink(folder, "");
  if (link === undefined) return;
  throw new PairlabError(
    `Cannot use the run "${folder}": "${link}" in it is a link, and links are not followed out of a run folder; what it points to, in its place, would work`,
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
    // What is not there, or may not be read, is told of by whoever needs it.
  }
  return undefined;
}
