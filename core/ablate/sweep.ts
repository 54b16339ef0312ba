/** Runs the cells of a sweep, several at once. */
import type { Cell } from "./cells.ts";
import { type CellProcess, startCell } from "./cell_process.ts";
import { files } from "./folder.ts";
import { type CellProgress, readProgress } from "./progress.ts";
import { readResult } from "./result.ts";

/** Options of {@link sweep}. */
export interface SweepOptions {
  /** Cells at once. */
  readonly jobs: number;
  /** Stop the others when a cell fails. @default false */
  readonly failFast?: boolean;
  /** How often a cell saves within its epochs, e.g. `10m`. */
  readonly checkpointEvery?: string | undefined;
  /** Aborted: no cell starts, and running cells save and stop. */
  readonly signal: AbortSignal;
  /** Aborted: running cells end at once. */
  readonly kill: AbortSignal;
  /** Called when a cell starts or ends. */
  onChange?(changed: CellProgress, tail: readonly string[]): void;
  /** Called twice a second. */
  onTick?(cells: readonly CellProgress[]): void;
}

/** Interval at which progress is read, milliseconds. */
const TICK = 500;

/** Runs all unfinished cells. Returns the state of each, in the same order. */
export async function sweep(
  folder: string,
  cells: readonly Cell[],
  options: SweepOptions,
): Promise<CellProgress[]> {
  const { jobs, failFast = false, signal, kill, onChange, onTick } = options;
  const progress = await Promise.all(cells.map((cell) => initialProgress(folder, cell)));
  const running = new Map<number, CellProcess>();
  let stopping = signal.aborted;
  // A tick that is still reading must not draw below what is printed afterwards.
  let ended = false;
  const stop = (): void => {
    stopping = true;
    for (const process of running.values()) process.stop();
  };
  signal.addEventListener("abort", stop);
  kill.addEventListener("abort", () => running.forEach((process) => process.kill()));

  const update = (
    index: number,
    changes: Partial<CellProgress>,
    tail?: readonly string[],
  ): void => {
    progress[index] = { ...progress[index]!, ...changes };
    if (tail !== undefined) onChange?.(progress[index], tail);
  };
  const tick = async (): Promise<void> => {
    for (const index of running.keys()) {
      const { address } = cells[index]!;
      const read = await readProgress(files.run(folder, address));
      if (running.has(index)) update(index, read);
    }
    if (!ended) onTick?.(progress);
  };
  const runOne = async (index: number): Promise<void> => {
    const cell = cells[index]!;
    const process = startCell(folder, cell, options);
    running.set(index, process);
    update(index, { activity: "running" }, []);
    const { end, tail } = await process.ended;
    running.delete(index);
    const result = end === "finished" ? await readResult(folder, cell.address) : null;
    const activity = end === "stopped" ? "stopped" : result === null ? "failed" : "finished";
    update(index, { activity, result: result ?? undefined }, tail);
    // Every other cell would be rejected too; those that run have loaded their sources.
    if (end === "rejected") stopping = true;
    if (activity === "failed" && failFast) stop();
  };
  const queue = [...cells.keys()].filter((index) => progress[index]!.activity === "waiting");
  const worker = async (): Promise<void> => {
    while (!stopping) {
      const index = queue.shift();
      if (index === undefined) return;
      await runOne(index);
    }
  };

  onTick?.(progress);
  const timer = setInterval(() => void tick(), TICK);
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    ended = true;
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
  }
  onTick?.(progress);
  return progress;
}

/** The progress of a cell before a sweep. */
export async function initialProgress(folder: string, cell: Cell): Promise<CellProgress> {
  const result = await readResult(folder, cell.address);
  if (result !== null) return { cell, activity: "finished", step: cell.steps, result };
  const read = await readProgress(files.run(folder, cell.address));
  // Steps after the checkpoint are trained again.
  return { cell, activity: "waiting", ...read, step: cell.saved };
}
