/** A curve that grows: thinned out as it does, and told to a page by what is new. */

/** A part of a curve, for a page: it takes the place of what the page has from `from` on. */
export interface CurvePart {
  readonly from: number;
  readonly steps: readonly number[];
  /** Null where nothing was finite. */
  readonly values: readonly (number | null)[];
}

/** What a page has of a curve. */
export interface Cursor {
  /** Values in each point. */
  readonly size: number;
  readonly points: number;
  /** Values in all points together. */
  readonly count: number;
}

/** A curve that grows. */
export interface Series {
  add(step: number, value: number): void;
  /** What a page with this cursor lacks, or null if it has everything, and its cursor from now on. */
  since(cursor: Cursor | undefined): { readonly part: CurvePart | null; readonly cursor: Cursor };
}

/** Points beyond which pairs of them become one: more than a chart has pixels across. */
const MOST_POINTS = 2000;

/**
 * Starts a curve of at most {@link MOST_POINTS} points, each the mean of equally many values. When
 * there are more, each two become one, so that the work for a value stays the same in a long run.
 *
 * @example
 * ```ts
 * import { startSeries } from "./series.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const series = startSeries();
 * series.add(1, 10);
 * const { cursor } = series.since(undefined);
 * series.add(2, 20);
 * assertEquals(series.since(cursor).part, { from: 1, steps: [2], values: [20] });
 * ```
 */
export function startSeries({ most = MOST_POINTS } = {}): Series {
  let size = 1;
  let count = 0;
  /** Sums over the values of each point, and how many of them are finite. */
  let steps: number[] = [], sums: number[] = [], finite: number[] = [];

  const add = (step: number, value: number): void => {
    const place = Math.floor(count / size);
    count++;
    steps[place] = (steps[place] ?? 0) + step;
    sums[place] = (sums[place] ?? 0) + (Number.isFinite(value) ? value : 0);
    finite[place] = (finite[place] ?? 0) + Number(Number.isFinite(value));
    if (steps.length < most || count % size !== 0) return;
    [steps, sums, finite] = [inPairs(steps), inPairs(sums), inPairs(finite)];
    size *= 2;
  };

  /** Values in the point at this place: all but the last are full. */
  const inPoint = (place: number): number => Math.min(size, count - place * size);

  return {
    add,
    since: (has) => {
      const cursor = { size, points: steps.length, count };
      if (has?.count === count && has.size === size) return { part: null, cursor };
      // The last point that the page has may have grown.
      const isFull = has !== undefined && has.count === has.points * has.size;
      const from = has === undefined || has.size !== size || has.count > count
        ? 0
        : Math.max(0, isFull ? has.points : has.points - 1);
      const part = {
        from,
        steps: steps.slice(from).map((sum, index) => Math.round(sum / inPoint(from + index))),
        values: sums.slice(from).map((sum, index) => {
          const values = finite[from + index] ?? 0;
          return values === 0 ? null : Number((sum / values).toPrecision(5));
        }),
      };
      return { part, cursor };
    },
  };
}

function inPairs(sums: readonly number[]): number[] {
  return Array.from(
    { length: Math.ceil(sums.length / 2) },
    (_, place) => sums[2 * place]! + (sums[2 * place + 1] ?? 0),
  );
}
