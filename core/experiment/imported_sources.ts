/** What an experiment is written in besides its own file: the modules that it imports. */
import { hash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { dirname, isAbsolute, relative, sep } from "@std/path";
import { moduleFiles, ROOT } from "../base/module_graph.ts";

/** The hash of a module. */
export interface SourceHash {
  /** Its path, with `/`. */
  readonly module: string;
  /** Null if the file does not exist. */
  readonly sha256: string | null;
}

/** A module that an experiment imports, by its path from the experiment's: `./flowers_deblur.ts`. */
export interface ImportedSource extends SourceHash {
  readonly source: string;
  readonly sha256: string;
}

/**
 * The local modules that an experiment imports, directly or not, in the order of their paths.
 * Pairlab's own are left out, as the commit names them, and packages, as deno.lock does.
 *
 * @param experiment Where it is, and its text.
 * @throws {PairlabError} If one of them is missing.
 */
export async function importedSources(
  { url, source }: { readonly url: URL; readonly source: string },
): Promise<ImportedSource[]> {
  if (url.protocol !== "file:" || !mayImport(url, source)) return [];
  const path = await Deno.realPath(fileURLToPath(url));
  const imported = (await moduleFiles([path])).filter((file) => file !== path && !isPairlab(file));
  return await Promise.all(imported.map(async (file) => {
    const text = await Deno.readTextFile(file);
    const way = relative(dirname(path), file).split(sep).join("/");
    return {
      module: way.startsWith("../") || isAbsolute(way) ? way : `./${way}`,
      source: text,
      sha256: hash("sha256", text),
    };
  }));
}

/**
 * The modules that one list has with another hash than the other, or that only one has.
 *
 * @example
 * ```ts
 * import { changedSources } from "./imported_sources.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const base = { module: "./base.ts", sha256: "a" };
 * assertEquals(changedSources([base], [{ ...base, sha256: "b" }]), ["./base.ts"]);
 * assertEquals(changedSources([base], [base]), []);
 * ```
 */
export function changedSources(
  then: readonly SourceHash[],
  now: readonly SourceHash[],
): string[] {
  const hashes = (sources: readonly SourceHash[]) =>
    new Map(sources.map(({ module, sha256 }) => [module, sha256]));
  const before = hashes(then), after = hashes(now);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((module) => before.get(module) !== after.get(module));
}

/** Whether a text may import a module that is not Pairlab's; to ask the compiler takes a second. */
function mayImport(url: URL, source: string): boolean {
  const specifiers = source.matchAll(/["'`]((?:\.{1,2}\/|\/|file:)[^"'`\n]+)["'`]/g);
  return [...specifiers].some(([, specifier]) => {
    const found = URL.parse(specifier ?? "", url);
    return found?.protocol === "file:" && !isPairlab(fileURLToPath(found));
  });
}

function isPairlab(path: string): boolean {
  const way = relative(ROOT, path);
  return ["mod.ts", "deno.json"].includes(way) ||
    ["core", "plugins"].some((folder) => way.startsWith(folder + sep));
}
