/** A launched sweep at work, in a process that runs from its own sources. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { lockRun } from "../base/lock.ts";
import { isTerminal, say } from "../base/terminal.ts";
import type { Ablation } from "./ablation.ts";
import { type Board, openBoard, summary } from "./board.ts";
import { type Cell, planCells, type Selection } from "./cells.ts";
import { showPlan } from "./dry_run.ts";
import { neededMemory } from "./estimate.ts";
import { type AblationRecord, files, readAblationRecord } from "./folder.ts";
import { loadMatrix } from "./matrix.ts";
import { fitJobs, freeMemory } from "./memory.ts";
import { type Outputs, writeOutputs } from "./outputs.ts";
import type { CellProgress } from "./progress.ts";
import { describeProvenance } from "./provenance.ts";
import { hashSources } from "./sources.ts";
import { INTERRUPTED, stopSignal } from "./stop.ts";
import { initialProgress, sweep } from "./sweep.ts";
import { toText } from "./table/terminal.ts";

/** How a sweep is worked on. */
export interface WorkOptions extends Selection {
  /** Cells at once; undefined if nobody asked for a number. */
  readonly jobs?: number | undefined;
  readonly failFast: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly checkpointEvery?: string | undefined;
}

/** Cells at once, unless someone asks for another number. */
export const DEFAULT_JOBS = 1;

/**
 * Runs the cells of a launched sweep that are not finished, writes its table, and prints it.
 *
 * @returns The exit status: 0, 1 if a cell failed, 130 if it was stopped.
 * @throws {PairlabError} Before any cell begins, if the sweep cannot be run.
 */
export async function workOn(folder: string, options: WorkOptions): Promise<number> {
  const record = await readAblationRecord(folder);
  await checkSources(folder, record);
  const ablation = await loadMatrix(join(files.sources(folder), record.sources.matrix));
  using _lock = await lockRun(folder);
  const cells = await planCells(folder, record, ablation, options);
  if (options.dryRun) {
    await showPlan(folder, cells, options.jobs ?? DEFAULT_JOBS);
    return 0;
  }
  const ended = await sweepAndWatch(folder, cells, options);
  const outputs = await writeOutputs(folder, { ...ablation, cells, record });
  if (outputs !== null) show(folder, ablation, outputs);
  return statusOf(folder, ended);
}

/** Cells that go on from a checkpoint must run what they ran before. */
async function checkSources(folder: string, { sources }: AblationRecord): Promise<void> {
  const sha256 = await hashSources(files.sources(folder), sources);
  if (sha256 === sources.sha256) return;
  throw new PairlabError(
    `Cannot go on in "${folder}": the sources in it were changed after the launch, a new launch would work`,
  );
}

async function sweepAndWatch(
  folder: string,
  cells: readonly Cell[],
  options: WorkOptions,
): Promise<CellProgress[]> {
  const finished = cells.filter(({ state }) => state === "finished").length;
  const jobs = await jobsFor(folder, cells, options.jobs);
  say(`${cells.length} cells, ${finished} of them finished, in ${folder}`);
  const kill = new AbortController();
  const board = openBoard(jobs);
  const signal = stopSignal(() => kill.abort());
  signal.addEventListener("abort", () => {
    board.say("Stopping: the cells at work finish their step and save; Ctrl-C again ends them now");
  });
  let latest: readonly CellProgress[] = [];
  try {
    return await sweep(folder, cells, {
      ...options,
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

/** As many jobs as fit, with a message if those are fewer than were asked for. */
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
      `Cannot run a cell: ${reason}; a smaller size would work, or --jobs=1 to try all the same`,
    );
  }
  say(`Warning: ${reason}`);
  return 1;
}

/** One line for each cell that begins or ends, and the end of its log if it failed. */
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
    const log = files.log(folder, cell.address);
    board.say(`${name} failed; the end of ${log}:`);
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
  const path = /\s/.test(folder) ? JSON.stringify(folder) : folder;
  if (failed > 0) say(`${failed} of ${ended.length} cells failed`);
  if (failed + open > 0) say(`Go on with:\n  deno task ablate ${path}`);
  if (failed > 0) return 1;
  return open > 0 ? INTERRUPTED : 0;
}
