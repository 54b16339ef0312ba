/** Hands the cells of a sweep over to what outlives this process. */
import { resolve } from "@std/path";
import { say } from "../base/terminal.ts";
import { counted } from "../data/open_pairs.ts";
import type { DetachedLauncher } from "../interfaces/launchers.ts";
import { continuation, launchOf, type WorkOptions } from "./commands.ts";
import { files } from "./folder.ts";
import { follow } from "./follow.ts";
import type { Sweep } from "./launch.ts";
import { findHolders } from "./lease.ts";
import type { CellProgress } from "./progress.ts";
import { launchedCell } from "./sweep.ts";

/**
 * Hands the cells over that nobody has in hand.
 *
 * @returns Undefined unless the cells are followed to their end.
 * @throws {PairlabError} If the launcher cannot take them.
 */
export async function handOver(
  sweep: Sweep,
  before: readonly CellProgress[],
  options: WorkOptions & { readonly launcher: DetachedLauncher },
): Promise<CellProgress[] | undefined> {
  const { launcher } = options;
  const folder = resolve(sweep.folder);
  const { cells: inHand, ended } = await launcher.pending(folder);
  const unfinished = before.filter(({ activity }) => activity !== "finished");
  const open = unfinished.filter(({ cell: { address } }) => !inHand.has(address));
  const holders = await findHolders(open.map(({ cell }) => files.lease(folder, cell.address)));
  const free = open.filter((_, index) => holders[index] === undefined);
  const counts: readonly (readonly [number, string])[] = [
    [unfinished.length - open.length, `in the hands of ${launcher.name}`],
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
    if (unfinished.length > 0) {
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
