/** Finds the runs in the folders that a user names. */
import { hash } from "node:crypto";
import { basename, join, resolve } from "@std/path";
import { files, isAblation, readDefinition } from "../ablate/folder.ts";
import { exists } from "../base/files.ts";
import { recordPath } from "../runs/run_folder.ts";

/** A run that was found. */
export interface FoundRun {
  /** Names it in addresses; the same after a restart of the server. */
  readonly id: string;
  readonly folder: string;
  readonly label: string;
}

/** Finds runs, again and again. */
export interface Finder {
  /** The runs that exist now: those of a folder that the user named, in the order of their names. */
  find(): Promise<FoundRun[]>;
}

/**
 * Finds runs in folders: each may be a run, a sweep of `deno task ablate`, or a folder of runs and
 * sweeps. Runs that appear later are found then.
 */
export function createFinder(folders: readonly string[]): Finder {
  /** What has been found, by folder: what a folder holds does not change. */
  const known = new Map<string, FoundRun>();

  const note = (folder: string, label: string): FoundRun => {
    const path = resolve(folder);
    const id = hash("sha256", path).slice(0, 12);
    const found = known.get(path) ?? { id, folder: path, label };
    known.set(path, found);
    return found;
  };

  const isRun = async (folder: string): Promise<boolean> =>
    known.has(resolve(folder)) || await exists(recordPath(folder));

  const runsOf = async (folder: string, label: string, depth: number): Promise<FoundRun[]> => {
    if (await isRun(folder)) return [note(folder, label)];
    if (await isAblation(folder)) return await cellsOf(folder, label);
    if (depth === 0) return [];
    const found: FoundRun[] = [];
    for (const name of await foldersIn(folder)) {
      found.push(...await runsOf(join(folder, name), name, depth - 1));
    }
    return found;
  };

  const cellsOf = async (sweep: string, label: string): Promise<FoundRun[]> => {
    const found: FoundRun[] = [];
    for (const address of await foldersIn(files.cells(sweep))) {
      const folder = files.run(sweep, address);
      if (!await isRun(folder)) continue;
      const name = known.get(resolve(folder))?.label ?? await cellLabel(sweep, address, label);
      found.push(note(folder, name));
    }
    return found.sort((a, b) => a.label.localeCompare(b.label, "en", { numeric: true }));
  };

  return {
    find: async () => {
      const found: FoundRun[] = [];
      for (const folder of folders) {
        found.push(...await runsOf(folder, basename(resolve(folder)), 1));
      }
      return [...new Map(found.map((run) => [run.id, run])).values()];
    },
  };
}

async function cellLabel(sweep: string, address: string, label: string): Promise<string> {
  try {
    const { label: variant, seed } = await readDefinition(sweep, address);
    return `${variant}, seed ${seed}`;
  } catch {
    return `${label}/${address}`;
  }
}

async function foldersIn(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      // Links are not followed, and hidden folders are not finished ones.
      if (isDirectory && !name.startsWith(".")) names.push(name);
    }
  } catch {
    // A folder that does not exist yet, or any more, holds no runs.
  }
  return names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
