/** Fetches a build of TensorFlow: pip downloads its package, of which a few files are kept. */
import { basename, dirname, join } from "@std/path";
import { statfs } from "node:fs/promises";
import { writeFolderDurably } from "../../base/files.ts";
import { PairlabError } from "../../base/errors.ts";
import { EngineError } from "../engine_error.ts";
import { writeManifest } from "./cache.ts";
import { downloadWheel, pythonWithPip } from "./python.ts";
import type { Target } from "./target.ts";
import { unpackWheel } from "./wheel.ts";

/** How far a fetch is. */
export interface FetchProgress {
  /** `wait`: another process fetches the same, and is waited for. */
  readonly phase: "wait" | "download" | "unpack";
  /** Bytes; 0 of 0 while waiting. */
  readonly done: number;
  readonly total: number;
}

/** What {@link fetchBuild} needs to know. */
export interface FetchOptions {
  /** Commands that may start a Python. */
  readonly pythons: readonly string[];
  readonly onProgress: (progress: FetchProgress) => void;
}

/**
 * Fetches the build `target` into `folder`, which is there as a whole at the end or not at all.
 *
 * @throws {PairlabError} Without room, without Python or pip, if pip fails, if the package is
 * damaged.
 */
export async function fetchBuild(
  target: Target,
  folder: string,
  options: FetchOptions,
): Promise<void> {
  await checkRoom(dirname(folder), target);
  const python = await pythonWithPip(options.pythons);
  try {
    await writeFolderDurably(folder, (part) => fillFolder(target, part, python, options));
  } catch (error) {
    throw isDiskFull(error) ? noRoom(dirname(folder), target) : error;
  }
}

async function fillFolder(
  target: Target,
  folder: string,
  python: string,
  { onProgress }: FetchOptions,
): Promise<void> {
  const downloads = join(folder, "download");
  await Deno.mkdir(downloads);
  const total = target.packageSize;
  const wheel = await watchSize(
    downloads,
    (size) => onProgress({ phase: "download", done: Math.min(size, total), total }),
    async () => {
      await downloadWheel(python, target, downloads);
      return await findWheel(downloads);
    },
  );
  const files = await unpackWheel(wheel, {
    from: "tensorflow",
    files: target.files,
    to: folder,
    onProgress: (done, size) => onProgress({ phase: "unpack", done, total: size }),
  });
  await Deno.remove(downloads, { recursive: true });
  const { version, library } = target;
  await writeManifest(folder, { version, library, files, from: basename(wheel) });
}

async function findWheel(folder: string): Promise<string> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".whl")) return join(folder, name);
  }
  throw new PairlabError(
    "Cannot fetch TensorFlow's library: pip succeeded but left no package. Upgrade pip",
  );
}

/** Reports a folder's growing size while `body` runs: pip's own progress differs by version. */
async function watchSize<T>(
  folder: string,
  report: (size: number) => void,
  body: () => Promise<T>,
): Promise<T> {
  report(0);
  const timer = setInterval(() => report(sizeOf(folder)), 250);
  try {
    return await body();
  } finally {
    clearInterval(timer);
  }
}

function sizeOf(path: string): number {
  try {
    const info = Deno.lstatSync(path);
    if (!info.isDirectory) return info.size;
    let size = 0;
    for (const { name } of Deno.readDirSync(path)) size += sizeOf(join(path, name));
    return size;
  } catch {
    // Moved or removed since it was listed.
    return 0;
  }
}

async function checkRoom(folder: string, target: Target): Promise<void> {
  let free: number;
  try {
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
  } catch {
    // Not every file system tells; a full one is noticed while writing.
    return;
  }
  if (free < target.packageSize + target.filesSize) throw noRoom(folder, target, free);
}

function noRoom(folder: string, target: Target, free?: number): EngineError {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const found = free === undefined ? "the disk is full" : `${gigabytes(free)} are free`;
  return new EngineError(
    `Cannot fetch TensorFlow's library into "${folder}": ${found}, ${
      gigabytes(target.packageSize + target.filesSize)
    } are needed`,
    "Make room, name another folder in the environment variable PAIRLAB_CACHE",
  );
}

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
