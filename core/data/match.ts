/** Matches the pictures of two folders by name. */
import { join } from "@std/path";
import { nearest } from "../base/nearest.ts";
import { byCodeUnit, type Faults } from "./faults.ts";
import { type PictureFolder, quote } from "./picture_folder.ts";
import type { PairFiles } from "./pair_files.ts";

/** Suggestions per folder: each takes time for every name. */
const proposals = 20;

/**
 * Joins files of the same stem, in the order of the inputs' names. Files without a partner are
 * faults; a likely partner that has none either is suggested.
 *
 * @example
 * ```ts
 * import { matchFolders } from "./match.ts";
 * import { collectFaults } from "./faults.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const folder = (name: string, ...files: string[]) => ({
 *   folder: name,
 *   files: new Map(files.map((file) => [file.split(".")[0]!, file])),
 *   ignored: 0,
 * });
 * const faults = collectFaults("photos");
 * const pairs = matchFolders(folder("blurred", "a.png", "b.png"), folder("sharp", "a.jpg"), faults);
 * assertEquals(pairs.map(({ name, target }) => [name, target.path.slice(-5)]), [["a.png", "a.jpg"]]);
 * assertThrows(() => faults.throwIfAny(), Error, 'have no partner of the same name in "sharp"');
 * ```
 */
export function matchFolders(
  inputs: PictureFolder,
  targets: PictureFolder,
  faults: Faults,
): PairFiles[] {
  const pairs: PairFiles[] = [];
  for (const [stem, name] of inputs.files) {
    const partner = targets.files.get(stem);
    if (partner === undefined) continue;
    pairs.push({
      name,
      input: { path: join(inputs.folder, name) },
      target: { path: join(targets.folder, partner) },
    });
  }
  const empty = [inputs, targets].filter(({ files }) => files.size === 0);
  for (const { folder } of empty) faults.add("folders hold no pictures", quote(folder));
  if (empty.length === 0) {
    noteLonely(inputs, targets, faults);
    noteLonely(targets, inputs, faults);
  }
  return pairs.sort((a, b) => byCodeUnit(a.name, b.name));
}

function noteLonely(side: PictureFolder, other: PictureFolder, faults: Faults): void {
  const free = [...other.files.keys()].filter((stem) => !side.files.has(stem));
  let proposed = 0;
  for (const [stem, name] of side.files) {
    if (other.files.has(stem)) continue;
    const likely = proposed++ < proposals ? likelyPartner(stem, free) : undefined;
    const proposal = likely === undefined
      ? ""
      : `, is it ${quote(other.files.get(likely) ?? likely)}?`;
    faults.add(
      `pictures of ${quote(side.folder)} have no partner of the same name in ` +
        quote(other.folder),
      quote(name) + proposal,
    );
  }
}

/** A name that differs in case or a few letters, or begins alike (`a`, `a_blurred`). */
function likelyPartner(stem: string, free: readonly string[]): string | undefined {
  const lower = stem.toLowerCase();
  return free.find((other) => other.toLowerCase() === lower) ??
    free.find((other) => other !== "" && (other.startsWith(stem) || stem.startsWith(other))) ??
    nearest(stem, free);
}
