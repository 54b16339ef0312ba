/** The table of a sweep, as numbers: a row for each variant, a column for each metric. */
import { scoreOf } from "../evaluate/better.ts";
import { differenceOf, meanOf, sampleDeviation } from "../evaluate/statistics.ts";
import type { Better } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import type { CellDefinition } from "./folder.ts";
import type { CellResult, Scores } from "./result.ts";
import { holm, signedRankTest } from "./significance.ts";

/** A finished cell, as the table takes it. */
export interface FinishedCell {
  readonly address: string;
  readonly definition: CellDefinition;
  readonly result: CellResult;
}

/** One number of the table. */
export interface TableEntry {
  /** Over the seeds, of their means over the test pictures. */
  readonly mean: number;
  /** The sample deviation over the seeds; null of a single one. */
  readonly deviation: number | null;
  /** Of the means, by seed. */
  readonly bySeed: readonly number[];
  /** No other variant has a better mean. */
  readonly best: boolean;
  /**
   * How probable a difference from the reference as one-sided as this one would be by chance, after
   * Holm's correction; null for the reference itself and where nothing can be paired.
   */
  readonly probability: number | null;
}

/** One row of the table. */
export interface TableRow {
  /** The variant's name; `identity` for the inputs as they are. */
  readonly name: string;
  readonly label: string;
  readonly kind: "identity" | "variant";
  /** The runs that it stands on. */
  readonly runs: readonly { readonly seed: number; readonly address: string }[];
  /** One for each metric; null before any of its cells is finished. */
  readonly entries: readonly (TableEntry | null)[];
}

/** A column of the table. */
export interface TableColumn {
  readonly name: string;
  readonly unit: string | null;
  readonly better: Better;
}

/** A whole table. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** The row that the others are tested against. */
  readonly reference: { readonly name: string; readonly label: string };
  /** Test pictures. */
  readonly pictures: number;
  /** How they were predicted. */
  readonly mode: InferenceMode;
}

/** What a table is made from. */
export interface TableParts {
  /** In the order of the rows. */
  readonly variants: readonly { readonly name: string; readonly label: string }[];
  readonly reference: string;
  readonly mode: InferenceMode;
  readonly cells: readonly FinishedCell[];
}

/** The name of the row of the inputs as they are. */
export const IDENTITY = "identity";

/** Means, deviations, the best of each column, and what differs from the reference. */
export function makeTable({ variants, reference, mode, cells }: TableParts): Table {
  const first = cells[0]?.result;
  const columns = (first?.scores ?? []).map(({ name, unit, better }) => ({ name, unit, better }));
  const groups: Group[] = variants.map(({ name, label }) => {
    const own = cells.filter(({ definition }) => definition.variant === name)
      .sort((a, b) => a.definition.seed - b.definition.seed);
    const scores = own.map(({ result }) => result.scores);
    return { name, label, kind: "variant", cells: own, scores };
  });
  if (first !== undefined && first.identity.length > 0) {
    const label = "Input as it is";
    groups.unshift({
      name: IDENTITY,
      label,
      kind: "identity",
      cells: [],
      scores: [first.identity],
    });
  }
  const byColumn = columns.map((column, index) =>
    entriesOf(column, index, groups, reference, cells)
  );
  return {
    columns,
    rows: groups.map(({ name, label, kind, cells: own }, row) => ({
      name,
      label,
      kind,
      runs: own.map(({ address, definition }) => ({ seed: definition.seed, address })),
      entries: byColumn.map((entries) => entries[row] ?? null),
    })),
    reference: variants.find(({ name }) => name === reference) ??
      { name: reference, label: reference },
    pictures: first?.names.length ?? 0,
    mode,
  };
}

/** A row on its way: the scores of each of its seeds. */
interface Group {
  readonly name: string;
  readonly label: string;
  readonly kind: TableRow["kind"];
  readonly cells: readonly FinishedCell[];
  readonly scores: readonly (readonly Scores[])[];
}

function entriesOf(
  { better }: TableColumn,
  column: number,
  groups: readonly Group[],
  reference: string,
  cells: readonly FinishedCell[],
): (TableEntry | null)[] {
  const means = groups.map(({ scores }) => scores.map((all) => all[column]?.mean ?? NaN));
  const overall = means.map(meanOf);
  const contenders = overall.filter((value, row) =>
    groups[row]?.kind === "variant" && !Number.isNaN(value)
  );
  const best = Math.max(...contenders.map((value) => scoreOf(value, better)));
  const probabilities = probabilitiesOf(column, groups, reference, cells);
  return groups.map(({ kind }, row) => {
    const value = overall[row]!;
    if (Number.isNaN(value)) return null;
    return {
      mean: value,
      deviation: sampleDeviation(means[row]!),
      bySeed: means[row]!,
      best: kind === "variant" && scoreOf(value, better) === best,
      probability: probabilities[row] ?? null,
    };
  });
}

/** Of each row against the reference, over the pictures; undefined where they cannot be paired. */
function probabilitiesOf(
  column: number,
  groups: readonly Group[],
  reference: string,
  cells: readonly FinishedCell[],
): (number | undefined)[] {
  const pictures = groups.map((group) => byPicture(group, column));
  const referenceRow = groups.findIndex(({ name, kind }) =>
    kind === "variant" && name === reference
  );
  const against = pictures[referenceRow];
  const samePictures = new Set(cells.map(({ result }) => JSON.stringify(result.names))).size === 1;
  if (against === undefined || !samePictures) return groups.map(() => undefined);
  const tested = [...groups.keys()].filter((row) =>
    row !== referenceRow && pictures[row] !== undefined
  );
  const corrected = holm(tested.map((row) => signedRankTest(differences(pictures[row]!, against))));
  return groups.map((_, row) => corrected[tested.indexOf(row)]);
}

/** A metric of each picture, averaged over the seeds. */
function byPicture({ scores }: Group, column: number): number[] | undefined {
  const bySeed = scores.map((all) => all[column]?.values ?? null);
  const [first] = bySeed;
  if (first === undefined || first === null || bySeed.includes(null)) return undefined;
  return first.map((_, picture) => meanOf(bySeed.map((values) => values?.[picture] ?? NaN)));
}

function differences(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => differenceOf(value, b[index]!));
}
