/** The folder in which fetched builds of TensorFlow are kept, for all checkouts of one user. */
import envPaths from "env-paths";
import { join, resolve } from "@std/path";
import { z } from "zod";
import { removeRemains, writeTextDurably } from "../../base/files.ts";
import { messageOf, PairlabError } from "../../base/errors.ts";

const MANIFEST = "manifest.json";

const manifestSchema = z.object({
  version: z.string(),
  /** The file to load. */
  library: z.string(),
  files: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })).min(1),
  /** The wheel that the files come from. */
  from: z.string(),
});

/** What a complete build says of itself; its presence is what makes it complete. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * The path in an environment variable, relative to the folder in which the command was typed, which
 * is not the current one when `deno task` runs it.
 */
export function pathInEnvironment(name: string): string | undefined {
  const given = Deno.env.get(name);
  return given ? resolve(Deno.env.get("INIT_CWD") ?? "", given) : undefined;
}

/** Pairlab's cache folder: that of the environment variable PAIRLAB_CACHE, or the system's. */
export function cacheFolder(): string {
  return pathInEnvironment("PAIRLAB_CACHE") ?? envPaths("pairlab", { suffix: "" }).cache;
}

/** Where within a cache the builds lie. */
export function buildsFolder(cache: string): string {
  return join(cache, "libtensorflow");
}

/** Writes the manifest of a build; to be done last. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeTextDurably(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The manifest of a build, or null unless all of its files are there in their full length. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    const text = await Deno.readTextFile(join(folder, MANIFEST));
    const manifest = manifestSchema.parse(JSON.parse(text));
    if (!manifest.files.some(({ name }) => name === manifest.library)) return null;
    for (const { name, size } of manifest.files) {
      if ((await Deno.stat(join(folder, name))).size !== size) return null;
    }
    return manifest;
  } catch {
    return null;
  }
}

/**
 * Runs `body` while no other process does the same for this cache. The lock is the operating
 * system's and ends with the process, however that ends.
 *
 * @param onWait Called if another process is at it and has to be waited for.
 * @throws {PairlabError} If the folder cannot be written.
 */
export async function withLock<T>(
  folder: string,
  onWait: () => void,
  body: () => Promise<T>,
): Promise<T> {
  using lock = await openLock(folder);
  if (!await lock.tryLock(true)) {
    onWait();
    await lock.lock(true);
  }
  // Left by processes that were stopped; no other process works here while we hold the lock.
  await removeRemains(folder);
  return await body();
}

async function openLock(folder: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await Deno.open(join(folder, "lock"), { create: true, write: true });
  } catch (error) {
    throw new PairlabError(
      `Cannot write to the cache "${folder}": ${messageOf(error)}. Name a folder of your own ` +
        "in the environment variable PAIRLAB_CACHE",
      { cause: error },
    );
  }
}
