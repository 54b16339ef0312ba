/** The files that a manifest names. */
import { isAbsolute, join } from "@std/path";
import { exists, pathWithin } from "../base/files.ts";
import { kindOfFile } from "../pictures/decode.ts";
import type { Faults } from "./faults.ts";
import { quote } from "./picture_folder.ts";
import type { ManifestRow, SplitName } from "./manifest.ts";
import type { PairFiles } from "./pair_files.ts";
import { forEachAtOnce } from "../base/at_once.ts";

/** A pair that a manifest names. */
export interface ListedPair extends PairFiles {
  readonly split: SplitName | undefined;
}

/**
 * Finds the files that a manifest names; paths are relative to `root` and stay within it.
 *
 * @param root The folder of the manifest, or another.
 * @param faults Told of paths that lead out of `root` or nowhere, and of lines that say the same.
 *
 * @example
 * ```ts
 * import { findListedPairs } from "./manifest_pairs.ts";
 * import { collectFaults } from "./faults.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const faults = collectFaults("list.csv");
 * const row = { line: 2, input: "../a.png", target: "none.png", split: undefined };
 * assertEquals(await findListedPairs([row], ".", faults), []);
 * assertThrows(() => faults.throwIfAny(), Error, 'files do not exist: 2 (line 2: "../a.png"');
 * ```
 */
export async function findListedPairs(
  rows: readonly ManifestRow[],
  root: string,
  faults: Faults,
): Promise<ListedPair[]> {
  const inputs = new Map<string, number>(), seen = new Map<string, number>();
  for (const { input } of rows) inputs.set(input, (inputs.get(input) ?? 0) + 1);
  const originalOf = connect(rows);
  const pairs = await forEachAtOnce(rows, async ({ line, split, ...sides }) => {
    const key = JSON.stringify(sides);
    const twin = seen.get(key);
    if (twin !== undefined) {
      faults.add("lines are the same, remove one of them", `${twin} and ${line}`);
    } else seen.set(key, line);
    const [input, target] = await Promise.all([
      findFile(root, sides.input, line, faults),
      findFile(root, sides.target, line, faults),
    ]);
    if (input === undefined || target === undefined) return [];
    // One input may have several targets.
    const name = inputs.get(sides.input) === 1 ? sides.input : `${sides.input} (line ${line})`;
    const original = originalOf(sides.input);
    return [{ name, input: { path: input }, target: { path: target }, split, original }];
  });
  return pairs.flat();
}

/** Names one picture for all that are connected: by a line, or by lines that share a picture. */
function connect(rows: readonly ManifestRow[]): (picture: string) => string {
  const parents = new Map<string, string>();
  const originalOf = (picture: string): string => {
    let original = picture;
    for (let parent; (parent = parents.get(original)) !== undefined;) original = parent;
    // The next search is short.
    if (original !== picture) parents.set(picture, original);
    return original;
  };
  for (const { input, target } of rows) {
    const [one, other] = [originalOf(input), originalOf(target)];
    if (one !== other) parents.set(other, one);
  }
  return originalOf;
}

async function findFile(
  root: string,
  named: string,
  line: number,
  faults: Faults,
): Promise<string | undefined> {
  const subject = `line ${line}: ${quote(named)}`;
  if (isAbsolute(named) || /^[a-z]:/i.test(named)) {
    faults.add("paths are absolute, use paths from the manifest's folder", subject);
    return undefined;
  }
  // Systems store "é" as one character or as two.
  for (const form of new Set([named, named.normalize("NFC"), named.normalize("NFD")])) {
    // A manifest that was written on Windows works elsewhere.
    const steps = form.split(/[\\/]/);
    const path = join(root, ...steps);
    if (!await exists(path)) continue;
    const isWithin = await pathWithin(root, join(...steps)) !== null;
    const info = isWithin ? await Deno.stat(path) : undefined;
    if (info?.isFile === true) return path;
    if (info === undefined) faults.add("paths lead out of the folder", subject);
    else if (info.isDirectory) faults.add("paths lead to folders", subject);
    else faults.add("files are no regular files", `${subject}: ${kindOfFile(info)}`);
    return undefined;
  }
  faults.add("files do not exist", subject);
  return undefined;
}
