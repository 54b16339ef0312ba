/** Follows the cells of a sweep, and runs those that nobody else runs. */
import { setTimeout as pause } from "node:timers/promises";
import type { AttachedLauncher, CellEnd, Launch, LaunchedCell } from "../interfaces/launchers.ts";
import { CELL_STATUS, type Pending } from "../interfaces/launchers.ts";
import type { Cell } from "./cells.ts";
import { files } from "./folder.ts";
import { describeHolder, watchLeases } from "./lease.ts";
import { type CellProgress, readProgress } from "./progress.ts";
import { readResult } from "./cell_result.ts";

/** Options of {@link sweep}. */
export interface SweepOptions {
  readonly launch: Launch;
  /** Runs the cells that are free. Without one, cells are followed as long as others have them. */
  readonly launcher?: AttachedLauncher | undefined;
  /** The cells that another launcher has in hand. */
  readonly pending?: (() => Promise<Pending>) | undefined;
  /** Stop the others when a cell fails. @default false */
  readonly failFast?: boolean | undefined;
  /** Aborted: no cell starts, and those that run here save and stop. */
  readonly signal: AbortSignal;
  /** Aborted: those that run here end at once. */
  readonly kill: AbortSignal;
  /** Called when a cell starts or ends. */
  onChange?(changed: CellProgress, tail: readonly string[]): void;
  /** Called twice a second. */
  onTick?(cells: readonly CellProgress[]): void;
}

/**
 * Intervals, milliseconds: at which the progress of this process' cells is read, at which others'
 * cells are looked at, and at which a launcher is asked.
 */
const TICK = 500, LOOK = 2000, ASK = 15_000;

/** Follows all cells until none is running, and none can be. Returns the state of each, in order. */
export async function sweep(
  folder: string,
  cells: readonly Cell[],
  { launch, launcher, pending, failFast = false, signal, kill, onChange, onTick }: SweepOptions,
): Promise<CellProgress[]> {
  const progress = await Promise.all(cells.map((cell) => initialProgress(folder, cell)));
  const indices = new Map(cells.map(({ address }, index) => [address, index]));
  const running = new Set<number>();
  const queue = new Set(cells.keys());
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  // A tick that is still reading must not draw below what is printed afterwards.
  let ended = false;

  const update = (
    index: number,
    changes: Partial<CellProgress>,
    tail: readonly string[] = [],
  ): void => {
    const { activity, where } = progress[index]!;
    const now = progress[index] = { ...progress[index]!, ...changes };
    if (now.activity !== activity || now.where !== where) onChange?.(now, tail);
  };
  const tick = async (): Promise<void> => {
    for (const index of running) {
      const read = await readProgress(files.run(folder, cells[index]!.address));
      if (running.has(index)) update(index, read);
    }
    if (!ended) onTick?.(progress);
  };

  const leases = watchLeases();
  let inHand: Pending["cells"] = new Map(), asked = -Infinity;
  const ask = async (): Promise<void> => {
    if (pending === undefined || performance.now() - asked < ASK) return;
    asked = performance.now();
    // A scheduler that is away for a moment is asked again.
    inHand = (await pending().catch(() => ({ cells: inHand }))).cells;
  };
  /** Looks at a cell that does not run here; true if it is in the hands of others. */
  const isElsewhere = async (index: number): Promise<boolean> => {
    const { address } = cells[index]!;
    const sight = await leases(files.lease(folder, address));
    const result = sight === undefined ? await readResult(folder, address) : null;
    if (!queue.has(index)) return false;
    if (sight !== undefined) {
      const read = await readProgress(files.run(folder, address));
      const where = `on ${describeHolder(sight.holder)}`;
      update(index, { ...read, activity: "running", where });
      return true;
    }
    const where = inHand.get(address);
    if (result !== null) queue.delete(index);
    update(
      index,
      result === null
        ? { activity: "waiting", where }
        : { activity: "finished", where: undefined, step: cells[index]!.steps, result },
    );
    return result === null && where !== undefined && launcher === undefined;
  };
  /** The first cell that is free, which leaves the queue. */
  const next = async (): Promise<LaunchedCell | undefined> => {
    while (!stopping.signal.aborted) {
      await ask();
      let elsewhere = false;
      for (const index of queue) {
        if (await isElsewhere(index)) elsewhere = true;
        else if (launcher !== undefined && !stopping.signal.aborted && queue.delete(index)) {
          return launchedCell(cells[index]!);
        }
      }
      if (!elsewhere) return undefined;
      await pause(LOOK, undefined, { signal: stopping.signal }).catch(() => {});
    }
    return undefined;
  };
  const onEnd = async ({ address }: LaunchedCell, { code, tail }: CellEnd): Promise<void> => {
    const index = indices.get(address)!;
    running.delete(index);
    // Another process was faster.
    if (code === CELL_STATUS.held) queue.add(index);
    const result = code === CELL_STATUS.finished ? await readResult(folder, address) : null;
    const stopped = code === CELL_STATUS.stopped || code === CELL_STATUS.idle;
    const activity = code === CELL_STATUS.held
      ? "waiting"
      : stopped
      ? "stopped"
      : result === null
      ? "failed"
      : "finished";
    update(index, { activity, result: result ?? undefined }, tail);
    // Every other cell would be rejected too; those that run have loaded their sources.
    if (code === CELL_STATUS.rejected) queue.clear();
    if (activity === "failed" && failFast) stop();
  };

  onTick?.(progress);
  const timer = setInterval(() => void tick(), TICK);
  try {
    if (launcher === undefined) await next();
    else {
      const started = ({ address }: LaunchedCell): void => {
        const index = indices.get(address)!;
        running.add(index);
        update(index, { activity: "running", where: undefined });
      };
      await launcher.run(launch, { next, started, ended: onEnd, stop: stopping.signal, kill });
    }
  } finally {
    ended = true;
    clearInterval(timer);
    signal.removeEventListener("abort", stop);
  }
  onTick?.(progress);
  return progress;
}

/** A cell as launchers see it. */
export function launchedCell({ address, definition: { label, seed } }: Cell): LaunchedCell {
  return { address, label: `${label}, seed ${seed}` };
}

/** The progress of a cell before a sweep. */
export async function initialProgress(folder: string, cell: Cell): Promise<CellProgress> {
  const result = await readResult(folder, cell.address);
  if (result !== null) return { cell, activity: "finished", step: cell.steps, result };
  const read = await readProgress(files.run(folder, cell.address));
  // Steps after the checkpoint are trained again.
  return { cell, activity: "waiting", ...read, step: cell.saved };
}
