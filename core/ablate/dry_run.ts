/** `--dry-run`: what a sweep would do. */
import { formatDuration, say } from "../base/terminal.ts";
import type { Cell } from "./cells.ts";
import { costliest, estimate, neededMemory, type Trial, tryCell } from "./estimate.ts";
import { fitJobs, freeMemory, inWords } from "./memory.ts";
import { initialProgress } from "./sweep.ts";

/**
 * Lists the cells, and says what those that are not finished will take: as measured on finished
 * ones, or else on some steps of one that are thrown away.
 */
export async function showPlan(
  folder: string,
  cells: readonly Cell[],
  jobs: number,
): Promise<void> {
  const progress = await Promise.all(cells.map((cell) => initialProgress(folder, cell)));
  for (const { cell: { address, definition, state, steps }, step } of progress) {
    const { label, seed } = definition;
    const done = state === "begun" ? `, begun, at step ${step}` : `, ${state}`;
    say(`${address}  ${label}, seed ${seed}: ${steps} steps${done}`);
  }
  const open = progress.filter(({ activity }) => activity !== "finished").length;
  const trial = open === cells.length ? await tryCostliest(folder, cells) : undefined;
  const needed = neededMemory(progress, trial);
  const { jobs: fitting, reason } = fitJobs(Math.min(jobs, open), {
    needed,
    free: await freeMemory(),
  });
  if (reason !== undefined && open > 0) say(`At most --jobs=${fitting}: ${reason}`);
  const atOnce = Math.max(fitting, 1);
  const { seconds, disk, measuredOn } = estimate(progress, { jobs: atOnce, trial });
  say(
    `${cells.length} cells, ${open} to do: about ${
      formatDuration(seconds)
    } with --jobs=${atOnce}, ${inWords(disk)} of disk, ${
      inWords(needed)
    } of memory for each job, as measured on ${measuredOn}`,
  );
}

async function tryCostliest(
  folder: string,
  cells: readonly Cell[],
): Promise<Trial & { readonly of: string }> {
  const cell = costliest(cells);
  return { ...await tryCell(folder, cell), of: cell.definition.label };
}
