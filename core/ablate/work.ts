/** Works on a sweep: has its cells run, writes its table, prints it. */
import { join, resolve } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { asArgument } from "../base/argument.ts";
import { counted } from "../data/open.ts";
import { isTerminal, say } from "../base/terminal.ts";
import {
  type AttachedLauncher,
  CELL_STATUS,
  type DetachedLauncher,
  type Launch,
  type Launcher,
} from "../interfaces/launchers.ts";
import type { Ablation } from "./ablation.ts";
import { type Board, openBoard, summary } from "./board.ts";
import { planCells, type Selection, writeSweep } from "./cells.ts";
import { ablateCommand, cellCommand } from "./commands.ts";
import { showPlan } from "./dry_run.ts";
import { neededMemory } from "./estimate.ts";
import { files } from "./folder.ts";
import type { Sweep } from "./launch.ts";
import { findHolders, isJobOf } from "./lease.ts";
import { fitJobs, freeMemory } from "./memory.ts";
import { type Outputs, writeOutputs } from "./outputs.ts";
import type { CellProgress } from "./progress.ts";
import { describeProvenance } from "./provenance.ts";
import { stopSignal } from "./stop.ts";
import { initialProgress, launchedCell, sweep as followCells, type SweepOptions } from "./sweep.ts";
import { toText } from "./table/terminal.ts";

/** How a sweep is worked on. */
export interface WorkOptions extends Selection {
  readonly launcher: Launcher;
  /** How the command line named it. */
  readonly launcherOption?: string | undefined;
  /** Cells at once. @default the launcher's; on this machine {@link DEFAULT_JOBS}, or what fits */
  readonly jobs?: number | undefined;
  /** @default false */
  readonly failFast?: boolean | undefined;
  /** Only say what would be done; nothing is written. @default false */
  readonly dryRun?: boolean | undefined;
  /** Only write the table of the cells that are finished. @default false */
  readonly table?: boolean | undefined;
  /** Wait for cells that others run. @default false */
  readonly follow?: boolean | undefined;
  readonly checkpointEvery?: string | undefined;
}

/** Cells at once on this machine by default. */
export const DEFAULT_JOBS = 1;

/**
 * Has the unfinished cells of a sweep run, writes its table, and prints it. Several processes, on
 * several machines, may work on one sweep.
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
  await writeSweep(sweep, cells);
  const before = await Promise.all(cells.map((cell) => initialProgress(folder, cell)));
  const finished = before.filter(({ activity }) => activity === "finished").length;
  say(`${cells.length} cells, ${finished} of them finished, in ${folder}`);
  const { launcher } = options;
  const run = options.table
    ? undefined
    : await ("run" in launcher
      ? runHere(sweep, before, { ...options, launcher })
      : handOver(sweep, before, { ...options, launcher }));
  const outputs = await writeOutputs(folder, { ...ablation, cells, record });
  if (outputs !== null) show(folder, ablation, outputs);
  return run === undefined ? 0 : statusOf(folder, run, options);
}

/** Runs the cells that are free within the life of this process, and waits for the others. */
async function runHere(
  sweep: Sweep,
  before: readonly CellProgress[],
  options: WorkOptions & { readonly launcher: AttachedLauncher },
): Promise<CellProgress[]> {
  const jobs = await jobsFor(before, options.jobs);
  const { launcher, failFast } = options;
  return await follow(sweep, before, {
    launch: { ...launchOf(sweep, before, options), jobs },
    launcher,
    failFast,
    onStop: "Stopping: running cells finish their step and save; Ctrl-C again ends them now",
  });
}

/** Hands the cells over that nobody has in hand. */
async function handOver(
  sweep: Sweep,
  before: readonly CellProgress[],
  options: WorkOptions & { readonly launcher: DetachedLauncher },
): Promise<CellProgress[] | undefined> {
  const { launcher } = options;
  const folder = resolve(sweep.folder);
  const { cells: inHand, ended } = await launcher.pending(folder);
  const open = before.filter(({ activity, cell: { address } }) =>
    activity !== "finished" && !inHand.has(address)
  );
  // A job of this launcher that it does not know any more is over, whatever its lease says.
  const holders = await findHolders(open.map(({ cell }) => files.lease(folder, cell.address)));
  const free = open.filter((_, index) =>
    holders[index] === undefined || isJobOf(launcher.name, holders[index])
  );
  const counts: readonly (readonly [number, string])[] = [
    [inHand.size, `in the hands of ${launcher.name}`],
    [open.length - free.length, "run elsewhere"],
  ];
  for (const [count, words] of counts) if (count > 0) say(`${counted(count, "cell")} ${words}`);
  for (const { cell } of free) {
    const end = ended?.get(cell.address);
    if (end === undefined) continue;
    say(`${launchedCell(cell).label}: ${end}; see ${files.log(folder, cell.address)}`);
  }
  if (free.length > 0) {
    for (const line of await launcher.submit(launchOf(sweep, free, options))) say(line);
  }
  const cancel = (await launcher.pending(folder)).cancel;
  if (cancel !== undefined) say(`Cancel with:\n  ${cancel}`);
  if (!options.follow) {
    if (open.length + inHand.size > 0) {
      say(`Follow, gather or continue with:\n  ${continuation(folder, options)} --follow`);
    }
    return undefined;
  }
  return await follow(sweep, before, {
    launch: launchOf(sweep, before, options),
    pending: () => launcher.pending(folder),
    onStop: `The cells go on.${cancel === undefined ? "" : ` Cancel them with: ${cancel}`}`,
  });
}

/** What launchers see of some cells of a sweep. */
function launchOf(
  { folder, record }: Sweep,
  cells: readonly CellProgress[],
  { launcher, jobs, checkpointEvery, only, seeds }: WorkOptions,
): Launch {
  const every = checkpointEvery === undefined ? [] : [`--checkpoint-every=${checkpointEvery}`];
  const selection = Object.entries({ only, seeds }).flatMap(([key, values]) =>
    values === undefined ? [] : [`--${key}=${values.join(",")}`]
  );
  const attached = "run" in launcher;
  return {
    folder: resolve(folder),
    cells: cells.map(({ cell }) => launchedCell(cell)),
    directory: Deno.cwd(),
    cores: record.threads,
    memory: neededMemory(cells),
    jobs,
    log: (address) => resolve(files.log(folder, address)),
    cell: (address) => cellCommand(folder, address, { checkpointEvery, attached }),
    work: (jobs) =>
      ablateCommand(folder, "--launcher=local", `--jobs=${jobs}`, ...selection, ...every),
    table: ablateCommand(folder, "--table", ...selection),
  };
}

/** Shows the cells until the sweep has nothing left to wait for. */
async function follow(
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

/** As many jobs as fit into memory, with a message if fewer than asked for. */
async function jobsFor(
  progress: readonly CellProgress[],
  asked: number | undefined,
): Promise<number> {
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

function statusOf(
  folder: string,
  ended: readonly CellProgress[],
  options: WorkOptions,
): number {
  const count = (activity: CellProgress["activity"]): number =>
    ended.filter((progress) => progress.activity === activity).length;
  const failed = count("failed"), open = count("waiting") + count("stopped");
  if (failed > 0) say(`${failed} of ${ended.length} cells failed`);
  if (failed + open > 0) say(`Continue with:\n  ${continuation(folder, options)}`);
  if (failed > 0) return 1;
  return open > 0 ? CELL_STATUS.stopped : 0;
}

/** The command line that works on the same sweep with the same launcher. */
function continuation(folder: string, { launcherOption }: WorkOptions): string {
  const option = launcherOption === undefined
    ? ""
    : ` ${asArgument(`--launcher=${launcherOption}`)}`;
  return `deno task ablate ${asArgument(folder)}${option}`;
}
