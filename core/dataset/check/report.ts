/** Reports a check in words and as a contact sheet. */
import { PairlabError } from "../../base/errors.ts";
import { composeSheet, type SheetCell } from "../../pictures/sheet.ts";
import type { Picture } from "../../interfaces/pictures.ts";
import { counted } from "../../data/open_pairs.ts";
import { readPair } from "../../data/pair_files.ts";
import type { SurveyedPair } from "../survey.ts";
import type { Checked, CheckReport } from "./check.ts";
import { type Finding, type FindingKind, FINDINGS, PROBLEMS } from "./finding.ts";

/** The most findings of a kind that are listed; the others are counted. */
const NAMED = 5;

/** Pairs on a sheet, and the most of them that have findings. */
const SHOWN = 48, CONSPICUOUS = 32;

/** The findings of a report by kind. */
function byKind(findings: readonly Finding[]): [FindingKind, Finding[]][] {
  const kinds = Object.keys(FINDINGS) as FindingKind[];
  return kinds.map((kind): [FindingKind, Finding[]] => [
    kind,
    findings.filter((finding) => finding.kind === kind),
  ]).filter(([, found]) => found.length > 0);
}

/** How many findings would keep a training from starting, or spoil its results. */
export function countProblems({ findings }: CheckReport): number {
  return findings.filter(({ kind }) => PROBLEMS.has(kind)).length;
}

/** The report as lines for a person. */
export function describeReport(report: CheckReport): string {
  const { path, layout, pairs, splits, ownSplit, ignored, sizes, findings } = report;
  const counts = Object.entries(splits).map(([split, count]) => `${count} ${split}`).join(", ");
  const what = layout === "pictures" ? "picture" : "pair";
  const use = ownSplit ? "as the data set says" : "as it would be split";
  const others = ignored === 0 ? "" : `; ${counted(ignored, "other file")} ignored`;
  const lines = pairs === 0 ? [`No ${what}s in "${path}" (${layout})${others}`] : [
    `${counted(pairs, what)} in "${path}" (${layout}): ${counts}, ${use}${others}`,
    `Sizes: ${describeSizes(sizes)}`,
  ];
  for (const [kind, found] of byKind(findings)) {
    const sign = PROBLEMS.has(kind) ? "problem" : "look at";
    lines.push(`[${sign}] ${FINDINGS[kind]}: ${found.length}`);
    lines.push(...found.slice(0, NAMED).map(({ subject }) => `    ${subject}`));
    if (found.length > NAMED) lines.push(`    and ${found.length - NAMED} more`);
  }
  if (findings.length === 0) lines.push("Nothing is wrong with it");
  return lines.join("\n");
}

function describeSizes(sizes: CheckReport["sizes"]): string {
  const first = sizes.slice(0, 4).map(({ size, count }) => `${size} (${count})`);
  return first.join(", ") + (sizes.length > 4 ? `, and ${sizes.length - 4} others` : "");
}

/** The pairs that findings name, most serious first, and others of the data set, evenly chosen. */
export async function composeReportSheet({ report, survey }: Checked): Promise<Picture> {
  const known = new Map(survey.pairs.map((pair) => [pair.name, pair]));
  const captions = new Map<string, string>();
  for (const { kind, pairs } of report.findings) {
    // Small pictures are unrecognizable on a sheet.
    if (kind === "small" || kind === "unreadable") continue;
    for (const name of pairs) {
      if (!captions.has(name) && captions.size < CONSPICUOUS) captions.set(name, kind);
    }
  }
  const marked = [...captions].flatMap(([name, kind]) => {
    const pair = known.get(name);
    return pair === undefined ? [] : [{ pair, caption: `${kind}: ${name}`, marked: true }];
  });
  const others = survey.pairs.filter(({ name }) => !captions.has(name));
  const room = Math.min(others.length, SHOWN - marked.length);
  const chosen = Array.from({ length: room }, (_, i) => {
    const pair = others[Math.floor(i * others.length / room)]!; // below its length
    return { pair, caption: pair.name, marked: false };
  });
  const cells: SheetCell[] = [];
  for (const { pair, ...rest } of [...marked, ...chosen]) {
    const pictures = await readOrSkip(pair, survey.layout === "pictures");
    if (pictures !== undefined) cells.push({ pictures, ...rest });
  }
  if (cells.length === 0) {
    throw new PairlabError(
      `Cannot show the pictures of "${report.path}": none of them can be decoded`,
    );
  }
  return await composeSheet(cells);
}

async function readOrSkip(pair: SurveyedPair, single: boolean): Promise<Picture[] | undefined> {
  try {
    const { input, target } = await readPair(pair);
    return single ? [target] : [input, target];
  } catch (error) {
    if (error instanceof PairlabError) return undefined;
    throw error;
  }
}
