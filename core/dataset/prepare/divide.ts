/** Splits data sets that are not split yet. */
import { basename, dirname, extname, join, relative, resolve } from "@std/path";
import { csvField } from "../../base/csv.ts";
import { writeTextDurably } from "../../base/files.ts";
import { PairlabError } from "../../base/errors.ts";
import { numpyShuffle } from "../../random/numpy.ts";
import { quote } from "../../data/picture_folder.ts";
import type { SplitName } from "../../data/manifest.ts";
import { surveyDataset, type SurveyedPair, type SurveyOptions } from "../survey.ts";
import type { OnProgress } from "../../base/at_once.ts";
import { exists, fillFolder, type Job, type Outcome } from "./outputs.ts";

/** Options of splitting. */
export interface DivideOptions extends SurveyOptions {
  /** The share that only measures how training goes, 0 for none. @default 0 */
  readonly val?: number | undefined;
  /** The share that tests. @default 0.2 */
  readonly test?: number | undefined;
  /** Seeds the order, as `folderPairs` has it. @default 23 */
  readonly seed?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Copies a data set into the folders `train`, `val` and `test`.
 *
 * @throws {PairlabError} If it is split already, is a list, or is too small.
 */
export async function divideIntoFolders(
  source: string,
  out: string,
  options: DivideOptions = {},
): Promise<Outcome> {
  const { layout, pairs } = await surveyUnsplit(source, options);
  if (layout === "manifest") {
    throw new PairlabError(
      `Cannot copy what ${quote(source)} lists into folders. Use a name ending in .csv as --out, ` +
        "for a list with splits.",
    );
  }
  const { input = "input", output = "output", val = 0, test = 0.2, seed = 23 } = options;
  const jobs = divide(pairs, options).flatMap(([split, pair]): Job[] => {
    const sides = layout === "folders"
      ? [[input, pair.input], [output, pair.target]] as const
      : [["", pair.input]] as const;
    return sides.map(([folder, { path }]) => ({
      files: [join(split, folder, basename(path))],
      make: async () => [await Deno.readFile(path)],
    }));
  });
  return await fillFolder(
    out,
    { prepare: "split", source: resolve(source), val, test, seed },
    jobs,
    options.onProgress,
  );
}

/**
 * Writes a manifest of a data set with a split for each pair: nothing is copied.
 *
 * @param file Ends in `.csv`; it lies in the folder of the data set, from which its paths start.
 * @throws {PairlabError} If there is such a file, or its folder is another, or files hold two
 * pictures.
 */
export async function divideIntoManifest(
  source: string,
  file: string,
  options: DivideOptions = {},
): Promise<number> {
  const { layout, pairs } = await surveyUnsplit(source, options);
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot write the manifest ${quote(file)}: ${reason}`);
  if (layout === "side-by-side") {
    throw fail(
      "a manifest lists inputs and targets, and these files hold both. Use a folder.",
    );
  }
  const root = layout === "manifest" ? dirname(source) : source;
  if (relative(dirname(file), root) !== "") {
    throw fail(`its paths start from its folder. Use a file in ${quote(root)}.`);
  }
  if (await exists(file)) throw fail("it exists. Use another name.");
  const path = (to: string): string => csvField(relative(root, to).replaceAll("\\", "/"));
  const lines = divide(pairs, options).map(([split, { input, target }]) =>
    [path(input.path), path(target.path), split].join(",")
  );
  await writeTextDurably(file, ["input,target,split", ...lines, ""].join("\n"));
  return lines.length;
}

async function surveyUnsplit(
  source: string,
  options: DivideOptions,
): Promise<{ readonly layout: string; readonly pairs: readonly SurveyedPair[] }> {
  const { layout, pairs, faults } = await surveyDataset(source, options);
  faults.throwIfAny();
  const split = pairs.find((pair) => pair.split !== undefined);
  if (split !== undefined) {
    throw new PairlabError(
      `Cannot split ${quote(source)}: it is split already ("${split.name}" is in "${split.split}")`,
    );
  }
  return { layout, pairs };
}

/** What each pair becomes, in the data set's order within each split. */
function divide(
  pairs: readonly SurveyedPair[],
  { val = 0, test = 0.2, seed = 23 }: DivideOptions,
): (readonly [SplitName, SurveyedPair])[] {
  if (!(val >= 0 && test >= 0 && val + test > 0 && val + test < 1)) {
    throw new PairlabError(
      `Cannot split off ${val} and ${test}. Use shares from 0 that leave something to train on and ` +
        "something else, e.g. 0.1 and 0.1.",
    );
  }
  const shuffled = numpyShuffle(pairs, seed);
  const count = (share: number): number =>
    share === 0 ? 0 : Math.max(1, Math.round(share * pairs.length));
  const train = pairs.length - count(val) - count(test);
  if (train < 1) {
    throw new PairlabError(
      `Cannot split ${pairs.length} ${
        pairs.length === 1 ? "pair" : "pairs"
      }: nothing would be left ` +
        "to train on",
    );
  }
  const names = new Map<SurveyedPair, SplitName>();
  for (const [index, pair] of shuffled.entries()) {
    names.set(pair, index < train ? "train" : index < train + count(val) ? "val" : "test");
  }
  const of = (split: SplitName): (readonly [SplitName, SurveyedPair])[] =>
    pairs.filter((pair) => names.get(pair) === split).map((pair) => [split, pair]);
  return [...of("train"), ...of("val"), ...of("test")];
}

/** True for a path that {@link divideIntoManifest} writes. */
export function isManifestPath(path: string): boolean {
  return extname(path).toLowerCase() === ".csv";
}
