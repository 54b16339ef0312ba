/** Fills folders file by file: resumable, and never overwriting. */
import { dirname, join } from "@std/path";
import {
  entriesIn,
  ifThere,
  removeRemains,
  writeAll,
  writeDurably,
  writeTextDurably,
} from "../../base/files.ts";
import { messageOf, PairlabError } from "../../base/errors.ts";
import { writePicture } from "../../pictures/encode.ts";
import type { Json } from "../../interfaces/callbacks.ts";
import type { Picture } from "../../interfaces/pictures.ts";
import { isIgnored, quote } from "../../data/picture_folder.ts";
import { forEachAtOnce, type OnProgress } from "../../base/at_once.ts";

/** Says in the folder what it is filled by; data sources pass it over. */
const RECIPE = "prepared.json";

/** Files that belong together, and how they are made. */
export interface Job {
  /** Paths within the folder. */
  readonly files: readonly string[];
  /** Makes them all: a picture, which is encoded as the path says, or the bytes of a file. */
  make(): Promise<readonly (Picture | Uint8Array)[]>;
  /** True if nothing else of it is missing, where its files are there. @default true */
  isRecorded?(): boolean;
}

/** How much was done. */
export interface Outcome {
  /** Jobs of which something was written. */
  readonly made: number;
  /** Jobs of which everything was there. */
  readonly kept: number;
}

/**
 * Fills a folder. Existing files are kept, so that an interrupted run resumes.
 *
 * @param recipe What fills it; resuming needs the same.
 * @throws {PairlabError} If there is something else in the folder.
 */
export async function fillFolder(
  folder: string,
  recipe: { readonly [key: string]: Json },
  jobs: readonly Job[],
  onProgress?: OnProgress,
): Promise<Outcome> {
  await beginFolder(folder, recipe);
  rejectTwins(jobs);
  const parts = new Set(
    jobs.flatMap(({ files }) => files.map((file) => join(folder, dirname(file)))),
  );
  for (const part of parts) {
    await Deno.mkdir(part, { recursive: true });
    await removeRemains(part);
  }
  let kept = 0;
  await forEachAtOnce(jobs, async (job) => {
    const paths = job.files.map((file) => join(folder, file));
    const there = await Promise.all(paths.map(exists));
    if (there.every((is) => is) && (job.isRecorded?.() ?? true)) {
      kept++;
      return;
    }
    const contents = await job.make();
    for (const [index, content] of contents.entries()) {
      const path = paths[index]!; // as many as there are contents
      if (!there[index]) await write(path, content);
    }
  }, { onProgress });
  return { made: jobs.length - kept, kept };
}

/** File systems may not tell cases apart, or forms of one letter. */
function rejectTwins(jobs: readonly Job[]): void {
  const seen = new Map<string, string>();
  for (const file of jobs.flatMap(({ files }) => files)) {
    const key = file.normalize("NFC").toLowerCase(), twin = seen.get(key);
    if (twin !== undefined) {
      throw new PairlabError(
        `Cannot write two pictures to ${quote(file)}${
          twin === file ? "" : ` and ${quote(twin)}`
        }: their names would be the same. Rename one of them.`,
      );
    }
    seen.set(key, file);
  }
}

async function write(path: string, content: Picture | Uint8Array): Promise<void> {
  if (content instanceof Uint8Array) {
    await writeDurably(path, (file) => writeAll(file, content));
  } else await writePicture(path, content);
}

/**
 * Begins a folder, or continues one that the same recipe began.
 *
 * @throws {PairlabError} If there is something else in it.
 */
export async function beginFolder(
  folder: string,
  recipe: { readonly [key: string]: Json },
): Promise<void> {
  const text = `${JSON.stringify(recipe, null, 2)}\n`;
  const path = join(folder, RECIPE);
  const before = await readIfThere(path);
  if (before === text) return;
  if (before !== undefined) {
    throw new PairlabError(
      `Cannot write into ${quote(folder)}: it was filled by other settings (see ${RECIPE}). ` +
        "Use the same ones, or a new folder.",
    );
  }
  // A README is no obstacle.
  const first = (await namesIn(folder)).find((name) => !isIgnored(name));
  if (first !== undefined) {
    throw new PairlabError(
      `Cannot write into ${quote(folder)}: it holds ${quote(first)}. Use an empty or new folder.`,
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  await writeTextDurably(path, text);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await entriesIn(folder)).map(({ name }) => name);
  } catch (error) {
    throw new PairlabError(`Cannot write into ${quote(folder)}: ${messageOf(error)}`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await ifThere(Deno.readTextFile(path));
  } catch (error) {
    throw new PairlabError(`Cannot read ${quote(path)}: ${messageOf(error)}`);
  }
}

/** True if there is anything at this path. */
export async function exists(path: string): Promise<boolean> {
  return await ifThere(Deno.lstat(path)) !== undefined;
}
