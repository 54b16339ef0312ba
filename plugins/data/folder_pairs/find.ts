/** Where the two folders are, or why there is no data set. */
import { basename, dirname, join } from "@std/path";
import { messageOf, nearest, PairlabError } from "../../../core/plugin.ts";
import { isIgnored, isPictureName, quote } from "./list.ts";

/** What was found: both folders, or nothing at all that looks like a data set. */
export type Found =
  | { readonly input: string; readonly output: string }
  | { readonly nothing: string };

/** How the data set is laid out. */
export interface Layout {
  readonly root: string;
  readonly input: string;
  readonly output: string;
}

/**
 * Looks for the two folders.
 *
 * @returns `nothing`, with the reason, when the root is missing or holds no folder and no picture.
 * @throws {PairlabError} When something is there, but not both folders: then it is most likely meant
 * to be a data set.
 */
export async function findFolders({ root, input, output }: Layout): Promise<Found> {
  const entries = await entriesOf(root);
  if (entries === undefined) return { nothing: `there is no folder ${quote(root)}` };
  const inputFolder = join(root, input), outputFolder = join(root, output);
  const [hasInput, hasOutput] = await Promise.all([isFolder(inputFolder), isFolder(outputFolder)]);
  if (hasInput && hasOutput) return { input: inputFolder, output: outputFolder };

  const folders = entries.filter((entry) => !entry.isFile && !isIgnored(entry.name))
    .map(({ name }) => name).sort();
  const pictures = entries.filter(({ isFile, name }) => isFile && isPictureName(name)).length;
  if (folders.length === 0 && pictures === 0) return { nothing: `no pictures in ${quote(root)}` };

  const missing = hasInput ? [output] : hasOutput ? [input] : [input, output];
  const others = folders.filter((name) => name !== input && name !== output);
  const described = missing.map((name) => {
    const likely = nearest(name, others);
    return `no folder ${quote(join(root, name))}` +
      (likely === undefined ? "" : ` (is it ${quote(join(root, likely))}?)`);
  });
  throw new PairlabError(
    `Cannot find the pairs in ${quote(root)}: there is ${described.join(" and ")}, but ` +
      `${describeContents(folders, pictures)}; a folder ${quote(input)} and a folder ` +
      `${quote(output)} with pictures of the same names would work`,
  );
}

function describeContents(folders: readonly string[], pictures: number): string {
  const parts = [];
  if (folders.length > 0) {
    const few = folders.slice(0, 5).map(quote).join(", ");
    parts.push(
      `${folders.length === 1 ? "the folder" : "the folders"} ${few}${
        folders.length > 5 ? ", …" : ""
      }`,
    );
  }
  if (pictures > 0) parts.push(pictures === 1 ? "1 picture" : `${pictures} pictures`);
  return parts.join(" and ");
}

/** What lies in the root; undefined when there is none. */
async function entriesOf(root: string): Promise<Deno.DirEntry[] | undefined> {
  try {
    return await Array.fromAsync(Deno.readDir(root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    const reason = await isFile(root)
      ? `it is a file, the folder ${quote(dirname(root))} may be meant`
      : messageOf(error);
    throw new PairlabError(`Cannot read the data set ${quote(basename(root))}: ${reason}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then((info) => info?.isDirectory === true);
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then((info) => info?.isFile === true);
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}
