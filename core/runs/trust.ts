/** Modules that a run folder names: none is executed that the user has not seen. */
import { createHash } from "node:crypto";
import { join, relative, resolve, sep } from "@std/path";
import envPaths from "env-paths";
import { z } from "zod";
import { PairlabError } from "../base/errors.ts";
import { writeTextDurably } from "../base/files.ts";
import { ROOT } from "../base/module_graph.ts";
import { readRunRecord } from "./run_folder.ts";
import { lastExperiment } from "./history.ts";

/** The modules that this user has trained with: SHA-256 of their texts, by path. */
const Trusted = z.record(z.string(), z.array(z.string()));

function trustedPath(): string {
  return join(envPaths("pairlab", { suffix: "" }).data, "trusted.json");
}

async function readTrusted(): Promise<z.infer<typeof Trusted>> {
  try {
    return Trusted.parse(JSON.parse(await Deno.readTextFile(trustedPath())));
  } catch {
    return {};
  }
}

/** Remembers a module that the user has named for a training. What cannot be written is asked for. */
export async function trustModule(path: string): Promise<void> {
  try {
    const [own, sha256] = await identify(path);
    const trusted = await readTrusted();
    const known = trusted[own] ?? [];
    if (known.includes(sha256)) return;
    await Deno.mkdir(join(trustedPath(), ".."), { recursive: true });
    const text = JSON.stringify({ ...trusted, [own]: [...known, sha256] }, null, 2);
    await writeTextDurably(trustedPath(), `${text}\n`);
  } catch {
    // Then resume needs --trust.
  }
}

async function identify(path: string): Promise<[path: string, sha256: string]> {
  const own = await Deno.realPath(path);
  return [own, createHash("sha256").update(await Deno.readTextFile(own)).digest("hex")];
}

/** Options of {@link checkTrusted}. */
export interface TrustOptions {
  /** The user has read the module and wants it to run. @default false */
  readonly trust?: boolean | undefined;
  /** The user accepts another text of a module that was trained with. @default false */
  readonly allowChanges?: boolean | undefined;
}

/**
 * Checks, without executing anything, that the module which a run folder names may run: it is one of
 * Pairlab's own, outside the run folder, or one that this user has trained with on this machine.
 *
 * @throws {PairlabError} With the module's path and hash.
 */
export async function checkTrusted(
  folder: string,
  { trust = false, allowChanges = false }: TrustOptions = {},
): Promise<void> {
  const { module } = lastExperiment(await readRunRecord(folder));
  const isName = /^[\w-]+$/.test(module);
  if (trust || isName || /^https?:/.test(module)) return;
  const file = module.startsWith("file:") ? new URL(module) : resolve(module);
  let found: [path: string, sha256: string];
  try {
    found = await identify(file instanceof URL ? decodeURIComponent(file.pathname) : file);
  } catch {
    return; // It does not exist: there is nothing to run, and loading it says so.
  }
  const [path, sha256] = found;
  const isInRun = isWithin(await Deno.realPath(folder), path);
  if (!isInRun && isWithin(ROOT, path) && !isWithin(join(ROOT, "runs"), path)) return;
  const known = (await readTrusted())[path];
  if (known?.includes(sha256) || (known !== undefined && allowChanges)) return;
  throw new PairlabError(
    `Cannot run "${path}" (SHA-256 ${sha256}): the run folder "${folder}" names it${
      isInRun ? " and holds it" : ""
    }, and you have not trained with it on this machine. Read it, then pass --trust`,
  );
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}
