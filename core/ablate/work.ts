/** Works on a sweep: runs its cells, writes its table, prints it. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { lockRun } from "../base/lock.ts";
import { asArgument } from "../base/argument.ts";
import { isTerminal, say } from "../base/terminal.ts";
import type { Ablation } from "./ablation.ts";
import { type Board, openBoard, summary } from "./board.ts";
import { type Cell, planCells, type Selection, writeSweep } from "./cells.ts";
import { showPlan } from "./dry_run.ts";
import { neededMemory } from "./estimate.ts";
import { files } from "./folder.ts";
import type { Sweep } from "./launch.ts";
import { fitJobs, freeMemory } from "./memory.ts";
import { type Outputs, writeOutputs } from "./outputs.ts";
import type { CellProgress } from "./progress.ts";
import { describeProvenance } from "./provenance.ts";
import { INTERRUPTED, stopSignal } from "./stop.ts";
import { initialProgress, sweep as runCells } from "./sweep.ts";
import { toText } from "./table/terminal.ts";

/** How a sweep is worked on. */
export interface WorkOptions extends Selection {
  /** Cells at once. @default {@link DEFAULT_JOBS}, fewer if memory is short */
  readonly jobs?: number | undefined;
  /** @default false */
  readonly failFast?: boolean | undefined;
  /** Only say what would be done; nothing is written. @default false */
  readonly dryRun?: boolean | undefined;
  readonly checkpointEvery?: string | undefined;
}

/** Cells at once by default. */
export const DEFAULT_JOBS = 1;

/**
 * Runs the unfinished cells of a sweep, writes its table, and prints it.
 *
 * @returns The exit status: 0, 1 if a cell failed, 130 if it was stopped.
 * @throws {PairlabError} Before any cell starts, if the sweep cannot be run.
 */
export async function workOn(sweep: Sweep, options: WorkOptions): Promise<number> {
  const { folder, record, ablation } = sweep;
  const cells = await planCells(sweep, options);
  if (options.dryRun) {
    await showPlan(sweep, cells, options.jobs ?? DEFAULT_JOBS);
    return 0;
  }
  await Deno.mkdir(folder, { recursive: true });
  using _lock = await lockRun(folder);
  await writeSweep(sweep, cells);
  const ended = await runAndWatch(folder, cells, options);
  const outputs = await writeOutputs(folder, { ...ablation, cells, record });
  if (outputs !== null) show(folder, ablation, outputs);
  return statusOf(folder, ended);
}

async function runAndWatch(
  folder: string,
  cells: readonly Cell[],
  options: WorkOptions,
): Promise<CellProgress[]> {
  const finished = cells.filter(({ state }) => state === "finished").length;
  const jobs = await jobsFor(folder, cells, options.jobs);
  say(`${cells.length} cells, ${finished} of them finished, in ${folder}`);
  const kill = new AbortController();
  const board = openBoard(jobs);
  const signal = await stopSignal(() => kill.abort());
  signal.addEventListener("abort", () => {
    board.say("Stopping: running cells finish their step and save; Ctrl-C again ends them now");
  });
  let latest: readonly CellProgress[] = [];
  try {
    return await runCells(folder, cells, {
      failFast: options.failFast ?? false,
      checkpointEvery: options.checkpointEvery,
      jobs,
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

/** As many jobs as fit into memory, with a message if fewer than asked for. */
async function jobsFor(
  folder: string,
  cells: readonly Cell[],
  asked: number | undefined,
): Promise<number> {
  const progress = await Promise.all(cells.map((cell) => initialProgress(folder, cell)));
  const open = progress.filter(({ activity }) => activity !== "finished");
  if (open.length === 0) return 1;
  const wanted = Math.min(asked ?? DEFAULT_JOBS, open.length);
  const needed = neededMemory(progress);
  const { jobs, reason } = fitJobs(wanted, { needed, free: await freeMemory() });
  if (reason === undefined) return jobs;
  if (jobs > 0) {
    say(`Lowered to --jobs=${jobs}: ${reason}`);
    return jobs;
  }
  if (asked !== 1) {
    throw new PairlabError(
      `Cannot run a cell: ${reason}. Use a smaller size, or pass --jobs=1 to try all the same.`,
    );
  }
  say(`Warning: ${reason}`);
  return 1;
}

/** A line for each cell that starts or ends, and the end of its log if it failed. */
function announce(
  board: Board,
  folder: string,
  { cell, activity }: CellProgress,
  { tail, all, jobs }: {
    readonly tail: readonly string[];
    readonly all: readonly CellProgress[];
    readonly jobs: number;
  },
): void {
  const name = `${cell.definition.label}, seed ${cell.definition.seed}`;
  if (activity === "failed") {
    board.say(`${name} failed; the end of ${files.log(folder, cell.address)}:`);
    for (const line of tail) board.say(`    ${line}`);
  } else if (!isTerminal()) {
    const words = activity === "running" ? "begins" : activity;
    board.say(`${name}: ${words} (${summary(all, jobs)})`);
  }
}

function show(folder: string, { title }: Ablation, { table, provenance, strips }: Outputs): void {
  const bold = isTerminal() && Deno.env.get("NO_COLOR") === undefined;
  const lines = [
    "",
    title,
    ...toText(table, { bold }),
    ...describeProvenance(provenance),
    `Written: ${join(folder, "table.md")}, .tex, .csv, .json${
      strips.length === 0 ? "" : `, ${join(folder, "strips")}`
    }`,
  ];
  for (const line of lines) say(line);
}

function statusOf(folder: string, ended: readonly CellProgress[]): number {
  const count = (activity: CellProgress["activity"]): number =>
    ended.filter((progress) => progress.activity === activity).length;
  const failed = count("failed"), open = count("waiting") + count("stopped");
  if (failed > 0) say(`${failed} of ${ended.length} cells failed`);
  if (failed + open > 0) say(`Continue with:\n  deno task ablate ${asArgument(folder)}`);
  if (failed > 0) return 1;
  return open > 0 ? INTERRUPTED : 0;
}
