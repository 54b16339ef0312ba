/** Where libtensorflow comes from. */
import { basename, join } from "@std/path";
import { PairlabError } from "../../base/errors.ts";
import { buildsFolder, cacheFolder, pathInEnvironment, readManifest, withLock } from "./cache.ts";
import { fetchBuild, type FetchProgress } from "./fetch.ts";
import { findPythonTensorflow, PYTHONS } from "./python.ts";
import {
  libraryName,
  type System,
  type Target,
  targetFor,
  thisSystem,
  unsupported,
} from "./target.ts";
import { refuseWritableByOthers } from "./trust.ts";
import { AlteredLibraryError, verifyBuild } from "./verify.ts";

export type { FetchProgress };

const GIVEN = "PAIRLAB_LIBTENSORFLOW";

/** A library that was found. */
export interface FoundLibrary {
  /** The file to load. */
  readonly path: string;
  /** e.g. "2.21.0"; null for a library that the user names, until it is loaded. */
  readonly version: string | null;
  /** Named by the user, fetched into the cache, or part of an installed Python package. */
  readonly source: "environment" | "cache" | "python";
}

/** Where and for what {@link findLibrary} looks. */
export interface FindOptions {
  /** @default the environment variable PAIRLAB_CACHE, or the system's folder for caches */
  readonly cache?: string;
  /** Commands that may start a Python. @default python3, python, py */
  readonly pythons?: readonly string[];
  /** @default the system of this process */
  readonly system?: System;
}

/** How {@link ensureLibrary} goes about it. */
export interface EnsureOptions extends FindOptions {
  /** Called a few times a second. @default not called */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Fetch again what changed since it was fetched, instead of refusing it. @default false */
  readonly mend?: boolean | undefined;
}

/**
 * Looks for libtensorflow and never downloads it. In this order: a file or folder in the
 * environment variable PAIRLAB_LIBTENSORFLOW, Pairlab's cache, an installed Python TensorFlow.
 *
 * What lies in the cache is held against the SHA-256 of what was fetched.
 *
 * @returns null if it is not found.
 * @throws {PairlabError} If PAIRLAB_LIBTENSORFLOW names nothing that could be loaded, or a file in the
 * cache is not what was fetched.
 *
 * @example
 * ```ts
 * import { findLibrary } from "./library.ts";
 * import { assert } from "@std/assert";
 *
 * const found = await findLibrary();
 * assert(found === null || found.path.includes("tensorflow"));
 * ```
 */
export async function findLibrary(options: FindOptions = {}): Promise<FoundLibrary | null> {
  const { system = thisSystem(), pythons = PYTHONS } = options;
  const given = pathInEnvironment(GIVEN);
  if (given !== undefined) {
    const found = await givenLibrary(given, libraryName(system.os));
    await refuseWritableByOthers(found.path);
    return found;
  }
  const target = targetFor(system);
  const cached = target && await cachedLibrary(options, target);
  if (cached) return cached;
  const installed = await findPythonTensorflow(pythons, libraryName(system.os));
  if (installed === null) return null;
  await refuseWritableByOthers(installed.path);
  return { ...installed, source: "python" };
}

/**
 * {@link findLibrary}, and where nothing is found fetches TensorFlow's Python package with pip and
 * unpacks its libraries into the cache. Two processes may ask at once: one of them fetches. One that
 * is stopped in the middle leaves nothing that the next would take for a library.
 *
 * @throws {PairlabError} If it cannot be fetched; the message says what to do.
 *
 * @example
 * ```ts ignore
 * import { ensureLibrary } from "./library.ts";
 *
 * const { path } = await ensureLibrary({
 *   onProgress: ({ phase, done, total }) => console.log(phase, Math.round(done / total * 100)),
 * });
 * ```
 */
export async function ensureLibrary(options: EnsureOptions = {}): Promise<FoundLibrary> {
  const { mend = false } = options;
  const found = await unlessAltered(mend, () => findLibrary(options));
  if (found !== null) return found;
  const { system = thisSystem(), pythons = PYTHONS, onProgress = () => {} } = options;
  const target = targetFor(system);
  if (target === null) throw unsupported(system);
  const folder = buildFolder(options, target);
  const wait = (): void => onProgress({ phase: "wait", done: 0, total: 0 });
  return await withLock(buildsFolder(options.cache ?? cacheFolder()), wait, async () => {
    // Another process may have fetched it while this one waited.
    const cached = await unlessAltered(mend, () => cachedLibrary(options, target));
    if (cached !== null) return cached;
    await fetchBuild(target, folder, { pythons, onProgress });
    return { path: join(folder, target.library), version: target.version, source: "cache" };
  });
}

/** What `find` finds; where a file was altered and is to be mended, nothing. */
async function unlessAltered(
  mend: boolean,
  find: () => Promise<FoundLibrary | null>,
): Promise<FoundLibrary | null> {
  try {
    return await find();
  } catch (error) {
    if (mend && error instanceof AlteredLibraryError) return null;
    throw error;
  }
}

function buildFolder({ cache = cacheFolder() }: FindOptions, target: Target): string {
  return join(buildsFolder(cache), target.key);
}

async function givenLibrary(path: string, name: string): Promise<FoundLibrary> {
  const candidates = [path, join(path, name), join(path, "tensorflow", name)];
  for (const candidate of candidates) {
    try {
      if ((await Deno.stat(candidate)).isFile) {
        return { path: candidate, version: null, source: "environment" };
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        throw error;
      }
    }
  }
  throw new PairlabError(
    `Cannot find TensorFlow's library in "${path}", which ${GIVEN} names: it has no ` +
      `"${name}". Name that file or its folder`,
  );
}

async function cachedLibrary(options: FindOptions, target: Target): Promise<FoundLibrary | null> {
  const folder = buildFolder(options, target);
  const manifest = await readManifest(folder);
  if (manifest === null) return null;
  // The base name alone, so that nothing outside the folder is ever loaded from here.
  const path = join(folder, basename(manifest.library));
  await refuseWritableByOthers(path, options.cache ?? cacheFolder());
  await verifyBuild(folder, manifest);
  return { path, version: manifest.version, source: "cache" };
}
