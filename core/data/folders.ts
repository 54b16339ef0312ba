/** Finds the two folders of a data set. */
import { basename, dirname, join } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { ifThere, isFile, isFolder } from "../base/files.ts";
import { nearest } from "../base/nearest.ts";
import { isPictureName } from "../pictures/decode.ts";
import { isIgnored, quote } from "./picture_folder.ts";

/** The two folders of pairs. */
export interface PairFolders {
  readonly input: string;
  readonly output: string;
}

/** The layout of a data set of two folders. */
export interface PairLayout extends PairFolders {
  readonly root: string;
}

/**
 * Why nothing in a folder looks like a data set: it does not exist, or it holds no folder and no
 * picture. Undefined if it may hold one.
 *
 * @throws {PairlabError} If it is no folder, or cannot be read.
 *
 * @example
 * ```ts
 * import { whyEmpty } from "./folders.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await whyEmpty("no/such/folder"), 'there is no folder "no/such/folder"');
 * ```
 */
export async function whyEmpty(root: string): Promise<string | undefined> {
  const entries = await entriesOf(root);
  if (entries === undefined) return `there is no folder ${quote(root)}`;
  const { folders, pictures } = sortEntries(entries);
  return folders.length === 0 && pictures === 0 ? `no pictures in ${quote(root)}` : undefined;
}

/**
 * Finds the two folders of pairs.
 *
 * @throws {PairlabError} If they are not both there, with what is there and what may be meant.
 *
 * @example
 * ```ts
 * import { findPairFolders } from "./folders.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * await Deno.mkdir(`${root}/input`);
 * await assertRejects(
 *   () => findPairFolders({ root, input: "input", output: "output" }),
 *   Error,
 *   'there is no folder',
 * );
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function findPairFolders({ root, input, output }: PairLayout): Promise<PairFolders> {
  const inputFolder = join(root, input), outputFolder = join(root, output);
  const [hasInput, hasOutput] = await Promise.all([isFolder(inputFolder), isFolder(outputFolder)]);
  if (hasInput && hasOutput) return { input: inputFolder, output: outputFolder };

  const { folders, pictures } = sortEntries(await entriesOf(root) ?? []);
  const missing = hasInput ? [output] : hasOutput ? [input] : [input, output];
  const others = folders.filter((name) => name !== input && name !== output);
  const described = missing.map((name) => {
    const likely = nearest(name, others);
    return `no folder ${quote(join(root, name))}` +
      (likely === undefined ? "" : ` (is it ${quote(join(root, likely))}?)`);
  });
  throw new PairlabError(
    `Cannot find the pairs in ${quote(root)}: there is ${described.join(" and ")}, but ` +
      `${describeContents(folders, pictures)}. Use a folder ${quote(input)} and a folder ` +
      `${quote(output)} with pictures of the same names.`,
  );
}

function sortEntries(
  entries: readonly Deno.DirEntry[],
): { readonly folders: readonly string[]; readonly pictures: number } {
  return {
    folders: entries.filter(({ isFile, name }) => !isFile && !isIgnored(name))
      .map(({ name }) => name).sort(),
    pictures: entries.filter(({ isFile, name }) => isFile && isPictureName(name)).length,
  };
}

function describeContents(folders: readonly string[], pictures: number): string {
  const parts: string[] = [];
  if (folders.length === 0 && pictures === 0) parts.push("nothing");
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

/** The contents of the root; undefined if it does not exist. */
async function entriesOf(root: string): Promise<Deno.DirEntry[] | undefined> {
  try {
    return await ifThere(Array.fromAsync(Deno.readDir(root)));
  } catch (error) {
    const reason = await isFile(root)
      ? `it is a file, the folder ${quote(dirname(root))} may be meant`
      : messageOf(error);
    throw new PairlabError(`Cannot read the data set ${quote(basename(root))}: ${reason}`);
  }
}
