/** How far the cells of a sweep are, and how long the rest will take. */
import { meanOf } from "../evaluate/statistics.ts";
import { metricsPath } from "../runs/metrics_log.ts";
import type { Cell } from "./cells.ts";
import type { CellResult } from "./result.ts";

/** What becomes of a cell within a sweep. */
export type CellActivity = "waiting" | "running" | "finished" | "failed" | "stopped";

/** A cell as the person who watches sees it. */
export interface CellProgress {
  readonly cell: Cell;
  readonly activity: CellActivity;
  /** Finished steps. */
  readonly step: number;
  /** Of its latest steps; unknown before the first. */
  readonly secondsPerStep?: number | undefined;
  /** Once it is finished. */
  readonly result?: CellResult | undefined;
}

/** Enough of metrics.jsonl for some steps, bytes. */
const TAIL = 8192;

/** Where a run stands, from the end of its metrics.jsonl. */
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
      // The line that the tail begins with, or one that is being written.
    }
  }
  const median = seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)];
  return median === undefined ? { step } : { step, secondsPerStep: median };
}

async function readTail(path: string): Promise<string[]> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    await file.seek(Math.max(size - TAIL, 0), Deno.SeekMode.Start);
    const bytes = new Uint8Array(TAIL);
    const read = await file.read(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, read)).split("\n");
  } catch {
    return [];
  }
}

/** How {@link timeLeft} reckons. */
export interface TimeOptions {
  /** Cells at once. */
  readonly jobs: number;
  /** Seconds of a cell besides its steps, before one is finished. @default 0 */
  readonly besides?: number;
}

/**
 * Seconds until all cells are finished, or undefined before anything is known of their pace.
 *
 * A variant of which nothing is known yet is taken to be as slow as the others on average; what a
 * cell takes besides its steps is known from those that are finished.
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
