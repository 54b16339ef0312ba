/** Works on a sweep: has its cells run, writes its table, prints it. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { isTerminal, say } from "../base/terminal.ts";
import { type AttachedLauncher, CELL_STATUS } from "../interfaces/launchers.ts";
import type { Ablation } from "./ablation.ts";
import { planCells, writeSweep } from "./cells.ts";
import { continuation, launchOf, type WorkOptions } from "./commands.ts";
import { showPlan } from "./dry_run.ts";
import { neededMemory } from "./estimate.ts";
import { follow } from "./follow.ts";
import { handOver } from "./hand_over.ts";
import type { Sweep } from "./launch.ts";
import { fitJobs, freeMemory } from "./memory.ts";
import { type Outputs, writeOutputs } from "./outputs.ts";
import type { CellProgress } from "./progress.ts";
import { describeProvenance } from "./provenance.ts";
import { initialProgress } from "./sweep.ts";
import { toText } from "./table/terminal.ts";

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
