/** `--dry-run`: what a sweep would do. */
import { join } from "@std/path";
import { PairlabError } from "../base/errors.ts";
import { formatDuration, say } from "../base/terminal.ts";
import { type Cell, writeSweep } from "./cells.ts";
import { cellCommand } from "./commands.ts";
import { costliest, estimate, neededMemory, type Trial } from "./estimate.ts";
import { cellAddress, files } from "./folder.ts";
import type { Sweep } from "./launch.ts";
import { fitJobs, freeMemory, inWords } from "./memory.ts";
import { startProcess } from "./process.ts";
import { readResult } from "./cell_result.ts";
import { initialProgress } from "./sweep.ts";

/** Steps of a trial. The first compile and warm up, which does not move the median. */
const STEPS = 12;

/**
 * Lists the cells and estimates what the unfinished ones take, from the finished ones, or else from
 * a trial of the costliest.
 */
export async function showPlan(sweep: Sweep, cells: readonly Cell[], jobs: number): Promise<void> {
  const progress = await Promise.all(cells.map((cell) => initialProgress(sweep.folder, cell)));
  for (const { cell: { address, definition, state, steps }, step } of progress) {
    const { label, seed } = definition;
    const done = state === "begun" ? `, begun, at step ${step}` : `, ${state}`;
    say(`${address}  ${label}, seed ${seed}: ${steps} steps${done}`);
  }
  const open = progress.filter(({ activity }) => activity !== "finished").length;
  const trial = open === cells.length ? await tryCell(sweep, costliest(cells)) : undefined;
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
    } of memory for each job, measured on ${measuredOn}`,
  );
}

/**
 * Runs a cell for a few steps in a temporary folder.
 *
 * @throws {PairlabError} If it fails, with the end of its output.
 */
async function tryCell({ record, ablation }: Sweep, { definition }: Cell): Promise<Trial> {
  const root = await Deno.makeTempDir({ prefix: "pairlab-trial-" });
  try {
    const folder = join(root, "sweep");
    const limit = STEPS * definition.parameters.batch;
    const parameters = { ...record.parameters, epochs: 1 };
    const short = { folder, record: { ...record, limit, parameters }, ablation, continues: false };
    const cell = {
      ...definition,
      limit,
      parameters: { ...definition.parameters, epochs: 1 },
    };
    await writeSweep(short, [{ definition: cell }]);
    const address = cellAddress(cell);
    const command = cellCommand(folder, address, { attached: true });
    const { tail } = await startProcess(command, files.log(folder, address)).ended;
    const result = await readResult(folder, address);
    if (result !== null) return { ...result, of: definition.label };
    throw new PairlabError(`Cannot try the variant "${definition.variant}": ${tail.join("\n")}`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
