/** Estimates of the time, disk space and memory that a sweep takes. */
import type { Cell } from "./cells.ts";
import { type CellProgress, timeLeft } from "./progress.ts";
import type { CellResult } from "./cell_result.ts";

/** What a few steps of a cell took. */
export type Trial = Pick<CellResult, "secondsPerStep" | "secondsBesides" | "memory" | "disk"> & {
  /** The label of its variant. */
  readonly of: string;
};

/** What the unfinished cells of a sweep take. */
export interface Estimate {
  readonly seconds: number;
  /** Bytes. */
  readonly disk: number;
  /** What was measured, in words. */
  readonly measuredOn: string;
}

/** Estimates the unfinished cells, from the finished ones if there are any, or else from a trial. */
export function estimate(
  cells: readonly CellProgress[],
  { jobs, trial }: { readonly jobs: number; readonly trial?: Trial | undefined },
): Estimate {
  const finished = cells.flatMap(({ result }) => result === undefined ? [] : [result]);
  const open = cells.length - finished.length;
  if (finished.length > 0) {
    const disk = finished.reduce((sum, result) => sum + result.disk, 0) / finished.length;
    return {
      seconds: timeLeft(cells, { jobs }) ?? 0,
      disk: disk * open,
      measuredOn: finished.length === 1 ? "1 finished cell" : `${finished.length} finished cells`,
    };
  }
  if (trial === undefined) throw new RangeError("Cannot estimate a sweep without a trial");
  const { secondsPerStep, secondsBesides } = trial;
  const assumed = cells.map((progress) => ({ ...progress, secondsPerStep }));
  return {
    seconds: timeLeft(assumed, { jobs, besides: secondsBesides }) ?? 0,
    disk: trial.disk * open,
    measuredOn: `some steps of "${trial.of}", which has the most parameters`,
  };
}

/**
 * The most memory that an unfinished cell needs, bytes: measured on finished cells of its variant, or
 * on a trial, or estimated from its networks. 0 if all are finished.
 */
export function neededMemory(
  cells: readonly CellProgress[],
  trial?: Pick<Trial, "memory">,
): number {
  const measured = new Map<string, number>();
  for (const { cell: { definition: { variant } }, result } of cells) {
    if (result !== undefined) {
      measured.set(variant, Math.max(measured.get(variant) ?? 0, result.memory));
    }
  }
  const open = cells.filter(({ result }) => result === undefined);
  return Math.max(
    0,
    ...open.map(({ cell }) =>
      measured.get(cell.definition.variant) ?? trial?.memory ?? cell.memory
    ),
  );
}

/** The cell with the most parameters. */
export function costliest(cells: readonly Cell[]): Cell {
  return cells.reduce((most, cell) => cell.parameters > most.parameters ? cell : most);
}
