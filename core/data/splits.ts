/** Splits data sets into pairs that train, pairs to choose by, and pairs that test. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { numpyShuffle } from "../random/numpy.ts";
import { isFolder } from "../base/files.ts";
import { quote } from "./picture_folder.ts";

/** Options of a split. */
export interface SplitOptions {
  /**
   * How many pairs are used at most, after shuffling; of a data set that is split already, how many
   * train. @default Infinity
   */
  readonly count?: number;
  /** The share of them that is trained on, between 0 and 1; the others test. @default 0.8 */
  readonly trainShare?: number;
  /**
   * Of those that train, how many are kept for validation instead: a share below 1, or a number.
   * @default 0, or the pairs that the data set has for it
   */
  readonly validation?: number;
  /** Seeds NumPy's legacy generator, which shuffles the names. @default 23 */
  readonly seed?: number;
}

/**
 * Checks the options of a split before there is anything to split.
 *
 * @throws {PairlabError} For numbers that no data set could meet.
 *
 * @example
 * ```ts
 * import { checkSplitOptions } from "./splits.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkSplitOptions({ trainShare: 0.9 });
 * assertThrows(() => checkSplitOptions({ trainShare: 9 }), Error, "share of 9");
 * ```
 */
export function checkSplitOptions(
  { count = Infinity, trainShare = 0.8, validation = 0, seed = 23 }: SplitOptions,
): void {
  if (!(count >= 1) || (count !== Infinity && !Number.isInteger(count))) {
    throw new PairlabError(`Cannot use ${count} pairs. Use a whole number from 1.`);
  }
  if (!(trainShare > 0 && trainShare < 1)) {
    throw new PairlabError(
      `Cannot train on a share of ${trainShare}. Use a number between 0 and 1, e.g. 0.8.`,
    );
  }
  if (!(validation >= 0 && (validation < 1 || Number.isInteger(validation)))) {
    throw new PairlabError(
      `Cannot keep ${validation} for validation. Use a share below 1, e.g. 0.1, or a whole number.`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new PairlabError(
      `Cannot shuffle by the seed ${seed}. Use a whole number from 0 to 2^32 - 1.`,
    );
  }
}

/** What a folder was found to hold. */
export interface FolderContents<T> {
  readonly items: readonly T[];
  /** Other files, which were passed over. */
  readonly ignored: number;
}

/** Pairs by what they are used for. */
export interface SplitItems<T> {
  readonly train: readonly T[];
  readonly test: readonly T[];
  /** To choose by. @default none */
  readonly validation?: readonly T[];
}

/** What a data set was found to hold, split. */
export interface SplitContents<T> extends SplitItems<T> {
  /** How many there are, used or not. */
  readonly all: number;
  readonly ignored: number;
}

/**
 * Splits what a data set holds: by its folders `train`, `val` (or `validation`) and `test` if there
 * are such (without `test`, `val` tests), otherwise shuffled as `np.random.seed(seed); np.random.shuffle(names)` does, cut to `count`
 * and split. In folders of their own, items are named after the folder too: `train/a.png`.
 *
 * @param list Lists what one folder holds, in the order of the names.
 * @throws {PairlabError} If there is a folder `train` and nothing to test with.
 *
 * @example
 * ```ts
 * import { splitFolder } from "./splits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * for (const name of ["train", "val"]) await Deno.mkdir(`${root}/${name}`);
 * const list = () => Promise.resolve({ items: [{ name: "a.png" }], ignored: 0 });
 * const { train, test } = await splitFolder(root, list, {});
 * assertEquals([train, test], [[{ name: "train/a.png" }], [{ name: "val/a.png" }]]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function splitFolder<T extends { readonly name: string }>(
  root: string,
  list: (folder: string) => Promise<FolderContents<T>>,
  { count, usualCount = Infinity, seed = 23, ...options }: SplitOptions & {
    /** The default of `count`, without folders of their own. @default Infinity */
    readonly usualCount?: number;
  },
): Promise<SplitContents<T>> {
  const folders = await findSplitFolders(root);
  if (folders === undefined) {
    const { items, ignored } = await list(root);
    const split = splitAtRandom(items, { ...options, count: count ?? usualCount, seed });
    return { ...split, all: items.length, ignored };
  }
  const train = await list(join(root, folders.train));
  const test = await list(join(root, folders.test));
  const own = folders.validation === undefined
    ? undefined
    : await list(join(root, folders.validation));
  const chosen = count === undefined
    ? train.items
    : numpyShuffle(train.items, seed).slice(0, count);
  const divided = own === undefined ? keepListed(chosen, { ...options, seed }) : { train: chosen };
  const validation = own === undefined
    ? inFolder(folders.train, divided.validation ?? [])
    : inFolder(folders.validation!, own.items);
  const parts = [train, test, ...own === undefined ? [] : [own]];
  return {
    train: inFolder(folders.train, divided.train),
    test: inFolder(folders.test, test.items),
    ...validation.length > 0 && { validation },
    all: parts.reduce((sum, { items }) => sum + items.length, 0),
    ignored: parts.reduce((sum, { ignored }) => sum + ignored, 0),
  };
}

/** Keeps some of the items for validation, at random, all in the order in which they were listed. */
function keepListed<T>(
  listed: readonly T[],
  { validation, seed = 23 }: SplitOptions,
): Pick<SplitItems<T>, "train" | "validation"> {
  const { validation: some } = keepApart(numpyShuffle(listed, seed), validation);
  if (some === undefined) return { train: listed };
  const kept = new Set(some);
  return {
    train: listed.filter((item) => !kept.has(item)),
    validation: listed.filter((item) => kept.has(item)),
  };
}

/** What pairs that share a picture have in common. */
function originalOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "original" in item ? item.original : item;
}

/**
 * The last of the items that train are kept for validation instead, with all of the same original.
 *
 * @param validation How many: a share below 1, or a number.
 * @throws {PairlabError} If it leaves nothing to train on, or nothing to validate.
 */
function keepApart<T>(
  train: readonly T[],
  validation = 0,
): Pick<SplitItems<T>, "train" | "validation"> {
  if (validation === 0) return { train };
  const count = validation < 1 ? Math.round(train.length * validation) : validation;
  const originals = new Set(count < 1 ? [] : train.slice(-count).map(originalOf));
  const isKept = (item: T): boolean => originals.has(originalOf(item));
  const others = train.filter((item) => !isKept(item));
  if (count >= 1 && others.length > 0) return { train: others, validation: train.filter(isKept) };
  throw new PairlabError(
    `Cannot keep ${validation} of ${train.length} training pairs for validation: that leaves none ${
      count < 1 ? "to validate" : "to train on"
    }. Use another share or number.`,
  );
}

/**
 * Shuffles as `np.random.seed(seed); np.random.shuffle(items)` does, cuts to `count`, and splits.
 *
 * @example
 * ```ts
 * import { splitAtRandom } from "./splits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train, test } = splitAtRandom(["a", "b", "c", "d", "e"], { seed: 23 });
 * assertEquals([train, test], [["e", "b", "a", "c"], ["d"]]);
 * ```
 */
export function splitAtRandom<T>(
  items: readonly T[],
  { count = Infinity, trainShare = 0.8, validation, seed = 23 }: SplitOptions = {},
): SplitItems<T> {
  const { train, test } = splitPairs(numpyShuffle(items, seed).slice(0, count), trainShare);
  return { ...keepApart(train, validation), test };
}

function inFolder<T extends { readonly name: string }>(folder: string, items: readonly T[]): T[] {
  return items.map((item) => ({ ...item, name: `${folder}/${item.name}` }));
}

/** A pair, and its split if a list names one. */
interface SplitPair {
  readonly name: string;
  readonly split: string | undefined;
}

/**
 * Splits the pairs of a list as its lines say.
 *
 * @param file The list, for messages.
 * @param options `count` of those that train, of which `validation` are kept where no line says so.
 * @throws {PairlabError} Unless each line names its split, and there is something to train and to
 * test with.
 *
 * @example
 * ```ts
 * import { splitAsListed } from "./splits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const pairs = [{ name: "a", split: "train" }, { name: "b", split: "val" }];
 * assertEquals(splitAsListed(pairs, "list.csv").test, [{ name: "b", split: "val" }]);
 * ```
 */
export function splitAsListed<T extends SplitPair>(
  pairs: readonly T[],
  file: string,
  { count, ...options }: SplitOptions = {},
): SplitItems<T> {
  const of = (wanted: string): T[] => pairs.filter(({ split }) => split === wanted);
  const train = of("train").slice(0, count), test = of("test"), val = of("val");
  const silent = pairs.find(({ split }) => split === undefined);
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot split the pairs of ${quote(file)}: ${reason}`);
  if (silent !== undefined) {
    throw fail(`"${silent.name}" has no split, though others do. Give each line one.`);
  }
  if (train.length === 0) throw fail('no line has the split "train". Add one.');
  if (test.length + val.length === 0) {
    throw fail('no line has the split "test" or "val". Add one.');
  }
  if (test.length > 0 && val.length > 0) return { train, test, validation: val };
  return { ...keepListed(train, options), test: test.length > 0 ? test : val };
}

/** The folders of a data set that is split already, by what they hold. */
export interface SplitFolders {
  readonly train: string;
  readonly test: string;
  readonly validation?: string;
}

/**
 * The folders of a data set that is split already: `train`, `test`, and `val` or `validation`; without
 * `test`, that one tests.
 *
 * @returns Their names, or undefined if there is no folder `train`.
 * @throws {PairlabError} If there is nothing to test with.
 */
export async function findSplitFolders(root: string): Promise<SplitFolders | undefined> {
  const has = async (name: string): Promise<string[]> =>
    await isFolder(join(root, name)) ? [name] : [];
  const [train] = await has("train");
  if (train === undefined) return undefined;
  const [validation] = [...await has("val"), ...await has("validation")];
  const [test] = await has("test");
  if (test !== undefined) return { train, test, ...validation !== undefined && { validation } };
  if (validation !== undefined) return { train, test: validation };
  throw new PairlabError(
    `Cannot find the pairs that test in ${quote(root)}: there is a folder "train", but neither ` +
      '"test" nor "val". Add one of them.',
  );
}

/**
 * The first `trainShare` of the pairs, rounded, and the others; of two or more at least one each. A
 * single pair is in both.
 *
 * @example
 * ```ts
 * import { splitPairs } from "./splits.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train, test } = splitPairs(["a", "b", "c", "d", "e"], 0.8);
 * assertEquals([train, test], [["a", "b", "c", "d"], ["e"]]);
 * ```
 */
export function splitPairs<T>(
  pairs: readonly T[],
  trainShare: number,
): { readonly train: readonly T[]; readonly test: readonly T[] } {
  if (pairs.length < 2) return { train: pairs, test: pairs };
  const wanted = Math.round(pairs.length * trainShare);
  const train = Math.min(Math.max(wanted, 1), pairs.length - 1);
  return { train: pairs.slice(0, train), test: pairs.slice(train) };
}
