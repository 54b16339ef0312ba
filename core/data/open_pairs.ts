/** Opens the pairs that a data source has found. */
import { PairlabError } from "../base/errors.ts";
import type { DataSource, OpenedData } from "../interfaces/pictures.ts";
import type { OnProgress } from "../base/at_once.ts";
import type { Faults } from "./faults.ts";
import { quote } from "./picture_folder.ts";
import { datasetOfFiles, type PairFiles, type ReadOptions } from "./pair_files.ts";
import type { SplitContents } from "./splits.ts";
import { verifyPairs } from "./verify.ts";

/** The pairs that a data source has found. */
export interface FoundPairs extends SplitContents<PairFiles> {
  /** Where they were found, as messages name it. */
  readonly root: string;
  /** The faults so far; further ones are added and all are thrown. */
  readonly faults: Faults;
}

/**
 * Opens a stand-in if nothing was found; its description says so.
 *
 * @param nothing Why nothing was found.
 * @param wanted What would be found.
 * @throws {PairlabError} If there is no stand-in.
 *
 * @example
 * ```ts
 * import { openInstead } from "./open_pairs.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const nobody = { names: [], load: () => Promise.reject(new RangeError("there are none")) };
 * const opened = { train: nobody, test: nobody, description: "drawn", fingerprint: "drawn" };
 * const otherwise = { open: () => Promise.resolve(opened) };
 * const { description } = await openInstead("no photographs", { otherwise, wanted: "some" });
 * assertEquals(description, "no photographs: drawn");
 * ```
 */
export async function openInstead(
  nothing: string,
  { otherwise, wanted, onProgress }: {
    readonly otherwise: DataSource | undefined;
    readonly wanted: string;
    readonly onProgress?: OnProgress | undefined;
  },
): Promise<OpenedData> {
  if (otherwise === undefined) {
    throw new PairlabError(
      `Cannot find any pairs: ${nothing}. Use ${wanted} (see dataset/README.md).`,
    );
  }
  const opened = await otherwise.open(onProgress);
  return { ...opened, description: `${nothing}: ${opened.description}` };
}

/**
 * Decodes every picture and throws all faults together, so that none appears hours into a training;
 * describes and fingerprints what is there. Most data sources of files end with this.
 *
 * @throws {PairlabError} Naming what is wrong, where, and how many.
 *
 * @example
 * ```ts
 * import { openPairs } from "./open_pairs.ts";
 * import { collectFaults } from "./faults.ts";
 * import { writePicture } from "../pictures/encode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * const path = `${root}/a.png`;
 * await writePicture(path, { data: new Uint8Array(3), width: 1, height: 1, channels: 3 });
 * const pair = { name: "a", input: { path }, target: { path } };
 * const found = { root, train: [pair], test: [pair], all: 1, ignored: 0 };
 * const { train } = await openPairs({ ...found, faults: collectFaults(root) });
 * assertEquals((await train.load(0)).name, "a");
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function openPairs(
  found: FoundPairs,
  { onProgress, ...read }: ReadOptions & { readonly onProgress?: OnProgress | undefined } = {},
): Promise<OpenedData> {
  const { train, test, validation = [], faults } = found;
  // A single pair is on both sides.
  const tested = new Set([...train, ...test]).size;
  const pairs = [...new Set([...train, ...test, ...validation])];
  const { digests, remarks } = await verifyPairs(pairs, read, faults, onProgress);
  faults.throwIfAny();
  const remarked = [
    ...remarks.map(({ text }) => text),
    ...sharedWithTraining(found),
    ...repeatedIn(found, new Map(pairs.map((pair, index) => [pair, digests[index]!]))),
  ];
  const all = pairs.map(({ name }, index) => `${JSON.stringify(name)} ${digests[index]}`);
  const lines = all.slice(0, tested);
  const { channels, depth = 8, levels } = read;
  const stated = [levels?.input, levels?.target].some((each) => each !== undefined);
  if (channels !== undefined || depth !== 8 || stated) {
    lines.push(JSON.stringify({ channels, depth, levels: stated ? levels : undefined }));
  }
  const fingerprint = await fingerprintOf([
    `${train.length} train, ${test.length} test`,
    ...lines,
  ]);
  // Apart, since runs of earlier versions know of train and test alone.
  const ofValidation = await fingerprintOf(all.slice(tested));
  return {
    train: datasetOfFiles(train, read),
    test: datasetOfFiles(test, read),
    ...validation.length > 0 && { validation: datasetOfFiles(validation, read) },
    description: [describePairs(found), ...remarked.map((text) => `but ${text}`)].join("; "),
    ...levels?.input && { levels: levels.input },
    fingerprint: validation.length === 0 ? fingerprint : `${fingerprint}+${ofValidation}`,
  };
}

/** Pairs of which a picture trains in another pair, as lines of a list may have it. */
function sharedWithTraining({ train, test, validation = [] }: FoundPairs): string[] {
  const training = new Set(train);
  const originals = new Set(train.flatMap(({ original = [] }) => original));
  return ([["validation", validation], ["test", test]] as const).flatMap(([what, pairs]) => {
    const [shared, ...others] = pairs.filter((pair) =>
      !training.has(pair) && pair.original !== undefined && originals.has(pair.original)
    );
    if (shared === undefined) return [];
    const all = counted(pairs.length, `${what} pair`);
    return [
      `${others.length + 1} of the ${all} share pictures with those that train, e.g. ${
        quote(shared.name)
      }`,
    ];
  });
}

/** Validation pairs whose files train, too, under another name. */
function repeatedIn(
  { train, validation = [] }: FoundPairs,
  digests: ReadonlyMap<PairFiles, string>,
): string[] {
  const known = new Set(train.map((pair) => digests.get(pair)));
  const [copy, ...others] = validation.filter((pair) => known.has(digests.get(pair)));
  if (copy === undefined) return [];
  const pairs = counted(validation.length, "validation pair");
  return [`${others.length + 1} of the ${pairs} are trained on, too, e.g. ${quote(copy.name)}`];
}

/** `5 pairs in "dataset" (4 train, 1 test)`. */
function describePairs(
  { root, train, test, validation = [], all, ignored }: FoundPairs,
): string {
  const used = new Set([...train, ...test, ...validation]).size;
  const of = used < all ? ` of ${all}` : "";
  const split = used === 1
    ? "which is trained on and tested alike"
    : `${train.length} train, ${
      validation.length === 0 ? "" : `${validation.length} validation, `
    }${test.length} test`;
  const others = ignored === 0 ? "" : `; ${counted(ignored, "other file")} ignored`;
  return `${counted(used, "pair")}${of} in "${root}" (${split}${others})`;
}

/** `1 pair`, `2 pairs`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/**
 * A fingerprint that changes whenever one of the lines does.
 *
 * @example
 * ```ts
 * import { fingerprintOf } from "./open_pairs.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const one = await fingerprintOf(["a", "b"]);
 * assertEquals(await fingerprintOf(["a", "b"]), one);
 * assertEquals(one.startsWith("sha256:"), true);
 * ```
 */
export async function fingerprintOf(lines: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.join("\n")));
  return `sha256:${new Uint8Array(digest).toHex()}`;
}
