/** Checks a whole data set. */
import { PairlabError } from "../../base/errors.ts";
import { type ReadOptions, readPair } from "../../data/pair_files.ts";
import { inspectFile, type Inspection, remarksOf, turnedBy } from "../../data/inspect.ts";
import {
  findSplitFolders,
  splitAsListed,
  splitAtRandom,
  type SplitOptions,
} from "../../data/splits.ts";
import {
  type Layout,
  type Survey,
  surveyDataset,
  type SurveyedPair,
  type SurveyOptions,
} from "../survey.ts";
import { forEachAtOnce, type OnProgress } from "../../base/at_once.ts";
import { type Finding, FINDINGS } from "./finding.ts";
import { BLANK, type CheckedPair, findLikeness } from "./likeness.ts";
import { type MeasuredPair, measurePair } from "./measure.ts";
import { findInPair, isShifted, type PairLimits, SHIFT } from "./pair.ts";
import { findMismatched, findSwapped } from "./sides.ts";

/** Options of a check. */
export interface CheckOptions extends SurveyOptions, SplitOptions, PairLimits {
  /** The files' values of black and white, as in a data source's options. */
  readonly levels?: ReadOptions["levels"];
  readonly onProgress?: OnProgress | undefined;
}

/** What a check found. */
export interface CheckReport {
  readonly path: string;
  readonly layout: Layout;
  readonly pairs: number;
  /** Pairs of each split. */
  readonly splits: Readonly<Record<string, number>>;
  /** True if the data set defines its splits, false if `folderPairs` will split it. */
  readonly ownSplit: boolean;
  /** Files that were ignored. */
  readonly ignored: number;
  /** `width x height` of the targets, and how many there are of each, the most frequent first. */
  readonly sizes: readonly { readonly size: string; readonly count: number }[];
  readonly findings: readonly Finding[];
}

/** A report, and the pairs that it is about. */
export interface Checked {
  readonly report: CheckReport;
  readonly survey: Survey;
}

/**
 * Checks a data set: decodes and measures every picture, and compares it with all others.
 *
 * @param path Its folder, or its manifest.
 * @throws {PairlabError} If there is no data set.
 *
 * @example
 * ```ts
 * import { checkDataset } from "./check.ts";
 * import { writePicture } from "../../pictures/encode.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * for (const side of ["input", "output"]) {
 *   await Deno.mkdir(`${root}/${side}`);
 *   const data = new Uint8Array(64 * 64 * 3).fill(90);
 *   await writePicture(`${root}/${side}/a.png`, { data, width: 64, height: 64, channels: 3 });
 * }
 * const { report } = await checkDataset(root, { size: 64 });
 * assertEquals(report.findings.map(({ kind }) => kind), ["identical", "blank", "blank"]);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function checkDataset(path: string, options: CheckOptions = {}): Promise<Checked> {
  const survey = await surveyDataset(path, options);
  const single = survey.layout === "pictures";
  const splits = splitsOf(survey, options);
  const unreadable: Finding[] = [];
  const inspections = new Map<string, Readonly<Record<"input" | "target", Inspection>>>();
  const measured = await forEachAtOnce(survey.pairs, async (pair) => {
    try {
      const measured = await measurePair(await readPair(pair, { levels: options.levels }), single);
      const [input, target] = await Promise.all([
        inspectFile(pair.input, 3, options.levels?.input),
        inspectFile(pair.target, 3, options.levels?.target),
      ]);
      inspections.set(pair.name, { input, target });
      return measured;
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      const subject = error.message.replace(/^Cannot read the picture /, "");
      unreadable.push({ kind: "unreadable", pairs: [pair.name], subject });
      return undefined;
    }
  }, options);
  const pairs = survey.pairs.flatMap(({ name }, index): CheckedPair[] => {
    const found = measured[index];
    return found === undefined
      ? []
      : [{ name, split: splits.get(name) ?? "unused", measured: found }];
  });
  const findings = [
    ...await findUnsplit(path, survey),
    ...fromFaults(survey),
    ...unreadable,
    ...pairs.flatMap((pair) => findInPair(pair, single, options)).map((finding) => {
      const files = inspections.get(finding.pairs[0] ?? "");
      if (finding.kind !== "mis-sized" || files === undefined) return finding;
      return { ...finding, subject: finding.subject + turnedBy(files.input, files.target) };
    }),
    ...remarksOf({
      input: single ? [] : [...inspections.values()].map(({ input }) => input),
      target: [...inspections.values()].map(({ target }) => target),
    }).map(({ kind, text }): Finding => ({ kind, pairs: [], subject: text })),
    ...single ? [] : findAmongPairs(pairs, options),
    ...findLikeness(pairs, single ? ["target"] : ["input", "target"]),
  ];
  return {
    survey,
    report: {
      path,
      layout: survey.layout,
      pairs: survey.pairs.length,
      splits: countSplits(survey.pairs.map(({ name }) => splits.get(name) ?? "unused")),
      ownSplit: hasSplit(survey),
      ignored: survey.ignored,
      sizes: countSizes(pairs.map(({ measured }) => measured)),
      findings: inOrder(findings),
    },
  };
}

/** Findings by comparison with the other pairs; pairs with other findings are left out. */
function findAmongPairs(
  pairs: readonly CheckedPair[],
  { shift = SHIFT }: CheckOptions,
): Finding[] {
  const whole = pairs.filter(({ measured: { input, target, identical } }) =>
    !identical && Math.min(input.contrast, target.contrast) >= BLANK &&
    input.width === target.width && input.height === target.height
  );
  const still = whole.filter(({ measured }) => !isShifted(measured, shift));
  return [...findSwapped(whole), ...findMismatched(still)];
}

/** Why no training would begin: no pairs at all, or splits that it would reject. */
async function findUnsplit(path: string, { layout, pairs, faults }: Survey): Promise<Finding[]> {
  const finding = (subject: string): Finding[] => [{ kind: "split", pairs: [], subject }];
  try {
    if (layout !== "manifest") await findSplitFolders(path);
    else if (pairs.some(({ split }) => split !== undefined)) splitAsListed(pairs, path);
  } catch (error) {
    if (error instanceof PairlabError) return finding(error.message);
    throw error;
  }
  return pairs.length > 0 || faults.list().length > 0
    ? []
    : finding(`there are no pairs in "${path}"`);
}

function hasSplit({ pairs }: Survey): boolean {
  return pairs.some(({ split }) => split !== undefined);
}

/** The split of each pair; where the data set defines none, as `folderPairs` would split it. */
function splitsOf(survey: Survey, options: SplitOptions): ReadonlyMap<string, string> {
  if (hasSplit(survey)) {
    return new Map(survey.pairs.map(({ name, split }) => [name, split ?? "unused"]));
  }
  const count = options.count ?? (survey.layout === "folders" ? 500 : Infinity);
  const { train, validation = [], test } = splitAtRandom(survey.pairs, { ...options, count });
  const of = (pairs: readonly SurveyedPair[], split: string): [string, string][] =>
    pairs.map(({ name }) => [name, split]);
  return new Map([...of(test, "test"), ...of(validation, "val"), ...of(train, "train")]);
}

function fromFaults({ faults }: Survey): Finding[] {
  return faults.list().flatMap(({ kind, subjects }) => {
    const folders = /^pictures of (".*") have no partner of the same name in (".*")$/.exec(kind);
    return subjects.map((subject): Finding => {
      if (folders === null) return { kind: "files", pairs: [], subject: `${kind}: ${subject}` };
      const [, own, other] = folders;
      const known = subject.includes(", is it ") ? "misnamed" : "missing";
      return { kind: known, pairs: [], subject: `${subject} (in ${own}, not in ${other})` };
    });
  });
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** In the order train, val, test, unused, whatever the first pair is. */
function countSplits(words: readonly string[]): Record<string, number> {
  const order = ["train", "val", "test", "unused"];
  return countBy(words.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
}

function countSizes(pairs: readonly MeasuredPair[]): { size: string; count: number }[] {
  const counts = countBy(pairs.map(({ target }) => `${target.width}x${target.height}`));
  return Object.entries(counts).map(([size, count]) => ({ size, count }))
    .sort((a, b) => b.count - a.count || (a.size < b.size ? -1 : 1));
}

/** By kind, in the order of {@link FINDINGS}. */
function inOrder(findings: readonly Finding[]): Finding[] {
  const kinds = Object.keys(FINDINGS);
  return findings.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}
