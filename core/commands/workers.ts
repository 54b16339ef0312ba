/** `--workers`: one training by several processes. */
// deno-lint-ignore-file explicit-module-boundary-types -- An option's type says what it reads.
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { untilInputEnds } from "../ablate/stop.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { keepSilent } from "../base/terminal.ts";
import { follow } from "../train/follow.ts";
import type { Training } from "../train/training.ts";
import { startLocalWorkers } from "../workers/local.ts";
import { listedRoster, parseWorkers, type Roster, type WorkersOption } from "../workers/roster.ts";
import { slurmRoster } from "../workers/slurm.ts";
import type { Interrupts } from "./interruptible.ts";

/** `--workers`: how many processes train together, or where they are. */
export const workersOption = () =>
  new Option(
    "--workers <workers>",
    "train by so many processes of this machine, by those of a list host:port,host:port, or " +
      "(slurm) by the tasks of srun",
  ).argParser((text): WorkersOption => {
    try {
      return parseWorkers(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });

/** `--worker`: which of a list this process is. */
export const workerOption = () =>
  new Option("--worker <place>", "this process's place in the list of --workers, from 0").argParser(
    (text): number => {
      if (/^\d{1,4}$/.test(text)) return Number(text);
      throw new InvalidArgumentError("Use a whole number from 0 on.");
    },
  );

/** Of a worker that another one has started: it ends when its standard input does. */
export const attachedOption = () => new Option("--attached").hideHelp();

/** The options of {@link openRoster}. */
export interface RosterOptions {
  readonly workers?: WorkersOption | undefined;
  readonly worker?: number | undefined;
  readonly attached?: true | undefined;
}

/**
 * Who trains together; starts the workers of this machine.
 *
 * @returns Undefined where this process trains alone.
 */
export async function openRoster(
  { workers, worker, attached }: RosterOptions,
): Promise<Roster | undefined> {
  if (attached === true) untilInputEnds().addEventListener("abort", () => Deno.exit(1));
  if (workers !== undefined && "slurm" in workers) return speaking(await slurmRoster());
  if (workers === undefined || "count" in workers) {
    if (worker !== undefined) {
      throw new PairlabError(
        "Cannot be one of several workers without their addresses. Add --workers=host:port,host:port",
      );
    }
    if (workers === undefined || workers.count === 1) return undefined;
    return await startLocalWorkers(workers.count, Deno.mainModule, Deno.args);
  }
  return speaking(listedRoster(workers.addresses, worker));
}

/** Worker 0 speaks for all. */
function speaking(roster: Roster): Roster {
  if (roster.membership.index > 0) keepSilent();
  return roster;
}

/** Trains beside worker 0, if this is another one. @returns Whether it was. */
export async function followIfAsked(
  training: Training,
  roster: Roster | undefined,
  interrupts: Interrupts,
): Promise<boolean> {
  if (roster === undefined || roster.membership.index === 0) return false;
  interrupts.trainsIn("");
  await follow(training, interrupts.signal);
  return true;
}
