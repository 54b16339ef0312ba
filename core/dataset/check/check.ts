/** A whole data set, looked through. */
import { PairlabError } from "../../errors.ts";
import { quote } from "../list.ts";
import { readPair } from "../pair_files.ts";
import { splitAtRandom, type SplitOptions } from "../splits.ts";
import {
  type Layout,
  type Survey,
  surveyDataset,
  type SurveyedPair,
  type SurveyOptions,
} from "../survey.ts";
import { forEachAtOnce, type OnProgress } from "../verify.ts";
import { type Finding, type FindingKind, FINDINGS } from "./finding.ts";
import { BLANK, type CheckedPair, findLikeness } from "./likeness.ts";
import { type MeasuredPair, measurePair } from "./measure.ts";
import type { Shift } from "./shift.ts";
import { findMismatched, findSwapped } from "./sides.ts";

/** Smaller shifts are within what can be measured. */
const SHIFT = 0.015;

/** What is looked for, and how a data set that is not split will be. */
export interface CheckOptions extends SurveyOptions, SplitOptions {
  /** Shifts beyond this share of the longer side are told. @default 0.015 */
  readonly shift?: number | undefined;
  /** Pictures smaller than this, in either direction, are told. @default 256 */
  readonly size?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What a check found. */
export interface CheckReport {
  readonly path: string;
  readonly layout: Layout;
  readonly pairs: number;
  /** Pairs of each split. */
  readonly splits: Readonly<Record<string, number>>;
  /** True if the data set says what trains, false if it will be split as `folderPairs` does. */
  readonly ownSplit: boolean;
  /** Other files, which were passed over. */
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
 * Looks through a data set: every picture is decoded, measured, and compared with all others.
 *
 * @param path Its folder, or its manifest.
 * @throws {PairlabError} If there is no data set.
 */
export async function checkDataset(path: string, options: CheckOptions = {}): Promise<Checked> {
  const survey = await surveyDataset(path, options);
  const single = survey.layout === "pictures";
  const splits = splitsOf(survey, options);
  const unreadable: Finding[] = [];
  const measured = await forEachAtOnce(survey.pairs, async (pair) => {
    try {
      return await measurePair(await readPair(pair), single);
    } catch (error) {
      if (!(error instanceof PairlabError)) throw error;
      const subject = error.message.replace(/^Cannot (read the picture )?/, "");
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
    ...fromFaults(survey),
    ...unreadable,
    ...pairs.flatMap((pair) => findInPair(pair, single, options)),
    ...single ? [] : findAmongPairs(pairs, options),
    ...findLikeness(pairs, single ? ["target"] : ["input", "target"]),
  ];
  return {
    survey,
    report: {
      path,
      layout: survey.layout,
      pairs: survey.pairs.length,
      splits: countBy(survey.pairs.map(({ name }) => splits.get(name) ?? "unused")),
      ownSplit: hasSplit(survey),
      ignored: survey.ignored,
      sizes: countSizes(pairs.map(({ measured }) => measured)),
      findings: inOrder(findings),
    },
  };
}

/** What only shows beside the others; pairs of which something else is known are left out. */
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

function hasSplit({ pairs }: Survey): boolean {
  return pairs.some(({ split }) => split !== undefined);
}

/** What each pair is used for; without a split of its own, as `folderPairs` would split it. */
function splitsOf(survey: Survey, options: SplitOptions): ReadonlyMap<string, string> {
  if (hasSplit(survey)) {
    return new Map(survey.pairs.map(({ name, split }) => [name, split ?? "unused"]));
  }
  const count = options.count ?? (survey.layout === "folders" ? 500 : Infinity);
  const { train, test } = splitAtRandom(survey.pairs, { ...options, count });
  const of = (pairs: readonly SurveyedPair[], split: string): [string, string][] =>
    pairs.map(({ name }) => [name, split]);
  return new Map([...of(test, "test"), ...of(train, "train")]);
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

function findInPair(
  { name, measured }: CheckedPair,
  single: boolean,
  { shift: limit = SHIFT, size = 256 }: CheckOptions,
): Finding[] {
  const { input, target, identical } = measured;
  const found: Finding[] = [];
  const add = (kind: FindingKind, words: string): void => {
    found.push({
      kind,
      pairs: [name],
      subject: words === "" ? quote(name) : `${quote(name)}: ${words}`,
    });
  };
  const sizes = [input, target].map(({ width, height }) => `${width}x${height}`);
  if (sizes[0] !== sizes[1]) add("mis-sized", `input ${sizes[0]}, target ${sizes[1]}`);
  if (identical) add("identical", "");
  const sides = single ? { picture: target } : { input, target };
  for (const [side, { contrast }] of Object.entries(sides)) {
    if (contrast < BLANK) add("blank", side);
  }
  if (isShifted(measured, limit)) add("misaligned", describeShift(measured.shift));
  if (Math.min(target.width, target.height) < size) add("small", sizes[1] ?? "");
  return found;
}

/** A pair whose target lies elsewhere. */
type Shifted = MeasuredPair & { readonly shift: Shift };

function isShifted(measured: MeasuredPair, limit: number): measured is Shifted {
  const { shift, target } = measured;
  return shift !== undefined &&
    Math.hypot(shift.x, shift.y) > limit * Math.max(target.width, target.height);
}

/** `the target lies about 8 pixels further right and 3 further up`. */
function describeShift({ x, y }: Shift): string {
  const part = (by: number, [less, more]: readonly [string, string]): string[] =>
    Math.round(by) === 0 ? [] : [`${Math.abs(Math.round(by))} further ${by < 0 ? less : more}`];
  const parts = [...part(x, ["left", "right"]), ...part(y, ["up", "down"])];
  return `the target lies about ${parts.join(" and ").replace(" further", " pixels further")}`;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
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
