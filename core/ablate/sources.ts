/** The sources that the cells of a sweep run, by their hashes: a change during a sweep is noticed. */
import { hash } from "node:crypto";
import { join, relative, resolve, sep } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { ifThere } from "../base/files.ts";
import { moduleFiles, ROOT } from "../base/module_graph.ts";
import { changedSources, type SourceHash } from "../experiment/imported_sources.ts";
import { sourceCommit } from "../runs/provenance.ts";
import type { AblationRecord } from "./folder.ts";

/** What the cells of a sweep run. */
export interface Sources {
  /** The matrix file's text; for people, never executed. */
  readonly source: string;
  /** Of all files. */
  readonly sha256: string;
  readonly commit: string | null;
  /** By their paths from Pairlab's folder: `core/train/step.ts`. */
  readonly modules: SourceHash[];
}

/** The program of a cell: its imports and those of the matrix define what is computed. */
const CELL = join(ROOT, "core", "ablate", "cell.ts");

/** They pin the packages. */
const SETTINGS = join(ROOT, "deno.json"), LOCK = join(ROOT, "deno.lock");

/**
 * Hashes every local module that a cell imports, and the versions of its packages. Tasks, experiments
 * and commands that no cell runs do not count.
 *
 * @param matrix The path of the matrix file.
 * @throws {PairlabError} If an imported module does not exist or does not parse.
 */
export async function readSources(matrix: string): Promise<Sources> {
  const files = [...await moduleFiles([matrix, CELL]), SETTINGS, LOCK];
  const modules = await hashFiles([...new Set(files)].sort());
  return {
    source: await Deno.readTextFile(matrix),
    sha256: hash("sha256", JSON.stringify(modules)),
    commit: await sourceCommit(),
    modules,
  };
}

async function hashFiles(paths: readonly string[]): Promise<SourceHash[]> {
  return await Promise.all(paths.map(async (path) => ({
    module: relative(ROOT, path).split(sep).join("/"),
    sha256: await hashFile(path),
  })));
}

async function hashFile(path: string): Promise<string | null> {
  const text = await ifThere(Deno.readTextFile(path));
  if (text === undefined) return null;
  return hash("sha256", path === SETTINGS ? packagesOf(text) : text);
}

/** The part of deno.json that decides results. */
function packagesOf(text: string): string {
  const { imports, version } = JSON.parse(text);
  return JSON.stringify({ imports, version });
}

/**
 * Checks that the files of a sweep are as they were when it was launched, or when `--allow-changes`
 * last accepted a change. No other file can matter: whatever imports a new one has changed.
 *
 * @throws {PairlabError} Naming the files that changed.
 */
export async function checkSources(
  folder: string,
  { sources: { modules } }: Pick<AblationRecord, "sources">,
): Promise<void> {
  const now = await hashFiles(modules.map(({ module }) => resolve(ROOT, module)));
  const changed = changedSources(modules, now);
  if (changed.length === 0) return;
  throw new PairlabError(
    `Cannot continue "${folder}": ${listed(changed)} changed since it was launched. Restore ${
      changed.length === 1 ? "it" : "them"
    }, pass --allow-changes, or launch a new sweep.`,
  );
}

/** `"a.ts", "b.ts" and 3 more`. */
export function listed(modules: readonly string[]): string {
  const shown = modules.slice(0, 5).map((module) => `"${module}"`).join(", ");
  return modules.length > 5 ? `${shown} and ${modules.length - 5} more` : shown;
}
