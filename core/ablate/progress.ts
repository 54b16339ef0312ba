/** The progress of cells, and the time left. */
import { meanOf, medianOf } from "../evaluate/statistics.ts";
import { readAt } from "../base/files.ts";
import { metricsPath } from "../runs/metrics_log.ts";
import type { Cell } from "./cells.ts";
import type { CellResult } from "./cell_result.ts";

/** The state of a cell within a sweep. */
export type CellActivity = "waiting" | "running" | "finished" | "failed" | "stopped";

/** The progress of a cell. */
export interface CellProgress {
  readonly cell: Cell;
  readonly activity: CellActivity;
  /** Of a cell that another process has in hand, in words. */
  readonly where?: string | undefined;
  /** Finished steps. */
  readonly step: number;
  /** Of its latest steps; unknown before the first. */
  readonly secondsPerStep?: number | undefined;
  /** Set when it is finished. */
  readonly result?: CellResult | undefined;
}

/** Bytes read from the end of metrics.jsonl, enough for some steps. */
const TAIL = 8192;

/** The progress of a run, from the end of its metrics.jsonl. */
export async function readProgress(
  run: string,
): Promise<{ readonly step: number; readonly secondsPerStep?: number }> {
  const lines = await readTail(metricsPath(run));
  let step = 0;
  const seconds: number[] = [];
  for (const line of lines) {
    try {
      const { kind, step: at, milliseconds } = JSON.parse(line);
      if (kind !== "step") continue;
      step = at;
      seconds.push(milliseconds / 1000);
    } catch {
      // A line cut at the start, or being written.
    }
  }
  const median = medianOf(seconds);
  return median === undefined ? { step } : { step, secondsPerStep: median };
}

async function readTail(path: string): Promise<string[]> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    const bytes = await readAt(file, Math.max(size - TAIL, 0), TAIL);
    return new TextDecoder().decode(bytes).split("\n");
  } catch {
    return [];
  }
}

/** Options of {@link timeLeft}. */
export interface TimeOptions {
  /** Cells at once. */
  readonly jobs: number;
  /** Seconds of a cell besides its steps, until one is finished. @default 0 */
  readonly besides?: number;
}

/**
 * Seconds until all cells are finished; undefined before the first step. A variant without steps is
 * assumed to have the average pace; the time besides steps comes from finished cells.
 */
export function timeLeft(
  cells: readonly CellProgress[],
  { jobs, besides: assumed = 0 }: TimeOptions,
): number | undefined {
  const paces = new Map<string, number[]>();
  const besides: number[] = [];
  for (const { cell, result, secondsPerStep } of cells) {
    const pace = result?.secondsPerStep ?? secondsPerStep;
    if (pace !== undefined) {
      const { variant } = cell.definition;
      paces.set(variant, [...paces.get(variant) ?? [], pace]);
    }
    if (result !== undefined) besides.push(result.secondsBesides);
  }
  const average = meanOf([...paces.values()].map(meanOf));
  if (Number.isNaN(average)) return undefined;
  const besidesEach = besides.length === 0 ? assumed : meanOf(besides);
  const seconds = cells
    .filter(({ activity }) => activity === "waiting" || activity === "running")
    .map(({ cell, step }) => {
      const pace = meanOf(paces.get(cell.definition.variant) ?? [average]);
      return Math.max(cell.steps - step, 0) * pace + besidesEach;
    });
  const sum = seconds.reduce((a, b) => a + b, 0);
  return Math.max(sum / jobs, ...seconds, 0);
}
