/** Which modules named by a run or sweep may be executed: Pairlab's own, and those this user has run. */
import { hash } from "node:crypto";
import { join, resolve } from "@std/path";
import { pathToFileURL } from "node:url";
import { cacheFolder } from "../backends/tensorflow/cache.ts";
import { PairlabError } from "../base/errors.ts";
import { exists, isWithin } from "../base/files.ts";
import { ROOT } from "../base/module_graph.ts";
import { importedSources } from "./imported_sources.ts";

/** Options of {@link checkTrusted}. */
export interface TrustOptions {
  /** The user has read the module: execute it, now and from now on. @default false */
  readonly trust?: boolean | undefined;
  /** Where trusted modules are remembered. @default Pairlab's cache folder */
  readonly cache?: string | undefined;
}

/**
 * Checks that a module which a folder names may be executed: it is Pairlab's own, or this user has run
 * it on this machine. A module in the folder itself must have the same text and imports as then.
 *
 * @param path The module's path or URL.
 * @throws {PairlabError} Showing the module and its hash, if `trust` is not set.
 */
export async function checkTrusted(
  path: string,
  folder: string,
  { trust = false, cache = cacheFolder() }: TrustOptions = {},
): Promise<void> {
  if (isRemote(path)) return await checkRemote(path, folder, { trust, cache });
  if (isOwn(path) || !await exists(path)) return;
  const own = await hashOfModule(path);
  const isInside = isWithin(await Deno.realPath(folder), await Deno.realPath(path));
  // A file outside is the user's own and may have been edited; one inside is replaced with its folder.
  const known = isInside ? [own] : [own, hash("sha256", await Deno.realPath(path))];
  for (const name of known) if (await exists(join(cache, "trusted", name))) return;
  if (trust) return await rememberTrusted(path, { cache });
  const comesAlong = isInside ? ", comes with that folder," : "";
  throw new PairlabError(
    `Cannot run "${path}": "${folder}" names it; it is not Pairlab's own${comesAlong} and was not run by you on this machine as it is now (SHA-256 ${own}). Read it, then pass --trust to run it.`,
  );
}

/** Remembers that this user runs a module, so that what it began can be continued without a question. */
export async function rememberTrusted(
  path: string,
  { cache = cacheFolder() }: Pick<TrustOptions, "cache"> = {},
): Promise<void> {
  if (!isRemote(path) && isOwn(path)) return;
  const folder = join(cache, "trusted");
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const names = isRemote(path)
      ? [hash("sha256", path)]
      : [await hashOfModule(path), hash("sha256", await Deno.realPath(path))];
    for (const name of names) {
      await Deno.writeTextFile(join(folder, name), `${isRemote(path) ? path : resolve(path)}\n`);
    }
  } catch (error) {
    // Without a cache the question is asked again.
    if (error instanceof PairlabError) throw error;
  }
}

/** A module of another machine is known by its address. */
function isRemote(path: string): boolean {
  return /^https?:/.test(path);
}

async function checkRemote(
  address: string,
  folder: string,
  { trust, cache }: Required<TrustOptions>,
): Promise<void> {
  if (await exists(join(cache, "trusted", hash("sha256", address)))) return;
  if (trust) return await rememberTrusted(address, { cache });
  throw new PairlabError(
    `Cannot run "${address}": "${folder}" names it, and it was not run by you on this machine. Read it, then pass --trust to run it.`,
  );
}

/** The hash of a module's real path, its text, and the texts of its imports. */
async function hashOfModule(path: string): Promise<string> {
  const real = await Deno.realPath(path);
  const source = await Deno.readTextFile(real);
  const imports = await importedSources({ url: pathToFileURL(real), source });
  const parts = [real, source, ...imports.flatMap(({ module, sha256 }) => [module, sha256])];
  return hash("sha256", JSON.stringify(parts));
}

/** Files of the project; runs, which may come from elsewhere, are not among them. */
function isOwn(path: string): boolean {
  return ["core", "plugins", "experiments", "tests"].some((name) =>
    isWithin(join(ROOT, name), resolve(path))
  );
}
