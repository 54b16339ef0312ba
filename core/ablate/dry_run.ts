/** `--dry-run`: what a sweep would do. */
import { formatDuration, say } from "../terminal.ts";
import type { Cell } from "./cells.ts";
import { costliest, estimate, tryCell } from "./estimate.ts";
import { inWords } from "./memory.ts";
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
  const nothingKnown = progress.every(({ activity }) => activity !== "finished");
  const cell = costliest(cells);
  const trial = nothingKnown
    ? { trial: { ...await tryCell(folder, cell), of: cell.definition.label } }
    : {};
  const { seconds, disk, measuredOn } = estimate(progress, { jobs, ...trial });
  const open = progress.filter(({ activity }) => activity !== "finished").length;
  const memory = Math.max(
    ...progress.map(({ result, cell }) => trial.trial?.memory ?? result?.memory ?? cell.memory),
  );
  say(
    `${cells.length} cells, ${open} to do: about ${formatDuration(seconds)} with --jobs=${jobs}, ${
      inWords(disk)
    } of disk, ${inWords(memory)} of memory for each job, as measured on ${measuredOn}`,
  );
}
