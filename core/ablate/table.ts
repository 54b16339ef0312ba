/** The table of a sweep: a row for each variant, a column for each metric. */
import { scoreOf } from "../evaluate/better.ts";
import {
  type Average,
  averageOf,
  differenceOf,
  meanOf,
  sampleDeviation,
} from "../evaluate/statistics.ts";
import { z } from "zod";
import { Better, Figure } from "../base/json.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import type { CellDefinition } from "./folder.ts";
import type { CellResult, Scores } from "./cell_result.ts";
import { holm, signedRankTest } from "./significance.ts";

/** A finished cell. */
export interface FinishedCell {
  readonly address: string;
  readonly definition: CellDefinition;
  readonly result: CellResult;
}

const Entry = z.object({
  /** Over the seeds, of their means over the test pictures. */
  mean: Figure,
  /**
   * NaN and infinite values of pictures that the means leave out, of all seeds; tables of earlier
   * versions left nothing out.
   */
  leftOut: z.number().default(0),
  /** The sample deviation over the seeds; null of a single one. */
  deviation: Figure.nullable(),
  /** The means, by seed. */
  bySeed: z.array(Figure),
  /** The best mean, and better than every other variant by the signed-rank test. */
  best: z.boolean(),
  /**
   * The probability of the difference from the reference by the signed-rank test with Holm's
   * correction; null for the reference itself, and where pictures cannot be paired.
   */
  probability: z.number().nullable(),
});

/** One entry of the table. */
export type TableEntry = z.infer<typeof Entry>;

const Row = z.object({
  /** The variant's name; `identity` for the inputs as they are. */
  name: z.string(),
  label: z.string(),
  kind: z.enum(["identity", "variant"]),
  /** Its runs. */
  runs: z.array(z.object({ seed: z.number(), address: z.string() })),
  /** One for each metric; null where nothing was measured. */
  entries: z.array(Entry.nullable()),
});

/** One row of the table. */
export type TableRow = z.infer<typeof Row>;

const Column = z.object({ name: z.string(), unit: z.string().nullable(), better: Better });

/** A column of the table. */
export type TableColumn = z.infer<typeof Column>;

/** A table, as table.json has it. */
export const Table = z.object({
  columns: z.array(Column),
  rows: z.array(Row),
  /** The row that the others are tested against. */
  reference: z.object({ name: z.string(), label: z.string() }),
  /** Number of test pictures. */
  pictures: z.number(),
  /** The mode of their predictions. */
  mode: z.enum(INFERENCE_MODES),
});

/** A table. */
export type Table = z.infer<typeof Table>;

/** Parts of a table. */
export interface TableParts {
  /** In the order of the rows. */
  readonly variants: readonly { readonly name: string; readonly label: string }[];
  readonly reference: string;
  readonly mode: InferenceMode;
  readonly cells: readonly FinishedCell[];
}

/** The name of the row for the inputs as they are. */
export const IDENTITY = "identity";

/** Makes a table of finished cells. */
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

/** The scores of a row, by seed. */
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
  const averages = groups.map(({ scores }) => scores.map((all) => averageOfScores(all[column])));
  const means = averages.map((own) => own.map(({ mean }) => mean));
  const overall = means.map(meanOf);
  const paired = pairedPictures(column, groups, cells);
  const best = bestRow(overall, groups, paired, better);
  const probabilities = probabilitiesOf(groups, paired, reference);
  return groups.map((_, row) => {
    const value = overall[row]!;
    if (Number.isNaN(value)) return null;
    return {
      mean: value,
      leftOut: averages[row]!.reduce((sum, { leftOut }) => sum + leftOut, 0),
      deviation: sampleDeviation(means[row]!),
      bySeed: means[row]!,
      best: row === best,
      probability: probabilities[row] ?? null,
    };
  });
}

function averageOfScores(scores: Scores | undefined): Average {
  if (scores?.values) return averageOf(scores.values);
  return { mean: scores?.mean ?? NaN, leftOut: 0 };
}

/** Each row's values by picture, averaged over its seeds; undefined where they cannot be paired. */
function pairedPictures(
  column: number,
  groups: readonly Group[],
  cells: readonly FinishedCell[],
): (readonly number[] | undefined)[] {
  const samePictures = new Set(cells.map(({ result }) => JSON.stringify(result.names))).size === 1;
  return groups.map((group) => samePictures ? byPicture(group, column) : undefined);
}

/** The level of the tests that decide the best variant. */
export const LEVEL = 0.05;

/** The variant with the best mean, if the tests against all other variants support it. */
function bestRow(
  overall: readonly number[],
  groups: readonly Group[],
  paired: readonly (readonly number[] | undefined)[],
  better: TableColumn["better"],
): number | undefined {
  const score = (value: number): number => scoreOf(value, better);
  const [best, ...others] = [...groups.keys()]
    .filter((row) => groups[row]!.kind === "variant" && !Number.isNaN(overall[row]))
    .sort((a, b) => differenceOf(score(overall[b]!), score(overall[a]!)));
  if (best === undefined || others.length === 0) return undefined;
  const own = paired[best]?.map(score);
  const probabilities = others.map((row) => {
    const other = paired[row]?.map(score);
    return own && other ? signedRankTest(differences(own, other)) : 1;
  });
  return holm(probabilities).every((probability) => probability < LEVEL) ? best : undefined;
}

/** Each row against the reference; undefined where pictures cannot be paired. */
function probabilitiesOf(
  groups: readonly Group[],
  paired: readonly (readonly number[] | undefined)[],
  reference: string,
): (number | undefined)[] {
  const referenceRow = groups.findIndex(({ name, kind }) =>
    kind === "variant" && name === reference
  );
  const against = paired[referenceRow];
  if (against === undefined) return groups.map(() => undefined);
  const tested = [...groups.keys()].filter((row) =>
    row !== referenceRow && paired[row] !== undefined
  );
  const corrected = holm(tested.map((row) => signedRankTest(differences(paired[row]!, against))));
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
