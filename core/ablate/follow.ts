/** Shows a sweep while it runs: a table on a terminal, lines elsewhere. */
import { isTerminal } from "../base/terminal.ts";
import { type Board, openBoard, summary } from "./board.ts";
import { files } from "./folder.ts";
import type { Sweep } from "./launch.ts";
import type { CellProgress } from "./progress.ts";
import { stopSignal } from "./stop.ts";
import { launchedCell, sweep as followCells, type SweepOptions } from "./sweep.ts";

/** Shows the cells until the sweep has nothing left to wait for. */
export async function follow(
  { folder }: Sweep,
  before: readonly CellProgress[],
  { onStop, ...options }: Omit<SweepOptions, "signal" | "kill"> & { readonly onStop: string },
): Promise<CellProgress[]> {
  const { launch: { jobs = before.length } } = options;
  const kill = new AbortController();
  const board = openBoard(jobs);
  const signal = await stopSignal(() => kill.abort());
  signal.addEventListener("abort", () => board.say(onStop));
  let latest = before;
  try {
    return await followCells(folder, before.map(({ cell }) => cell), {
      ...options,
      signal,
      kill: kill.signal,
      onChange: (changed, tail) => {
        latest = latest.map((known) => known.cell === changed.cell ? changed : known);
        announce(board, folder, changed, { tail, all: latest, jobs });
      },
      onTick: (all) => {
        latest = all;
        board.update(all);
      },
    });
  } finally {
    board.stop();
  }
}

/** A line for each cell that starts or ends, and the end of its log if it failed. */
function announce(
  board: Board,
  folder: string,
  { cell, activity, where }: CellProgress,
  { tail, all, jobs }: {
    readonly tail: readonly string[];
    readonly all: readonly CellProgress[];
    readonly jobs: number;
  },
): void {
  const { label: name } = launchedCell(cell);
  if (activity === "failed") {
    board.say(`${name} failed; the end of ${files.log(folder, cell.address)}:`);
    for (const line of tail) board.say(`    ${line}`);
  } else if (!isTerminal()) {
    const words = where ?? (activity === "running" ? "begins" : activity);
    board.say(`${name}: ${words} (${summary(all, jobs)})`);
  }
}
