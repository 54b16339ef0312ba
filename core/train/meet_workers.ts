/** Several processes become the workers of one training. */
import type { CompileMode } from "../backends/compile.ts";
import type { Engine } from "../backends/engine.ts";
import { PairlabError } from "../base/errors.ts";
import { say } from "../base/terminal.ts";
import type { Plan } from "../experiment/plan.ts";
import type { RunRecord } from "../runs/run_folder.ts";
import { checkAlike } from "../workers/alike.ts";
import type { Roster } from "../workers/roster.ts";
import { ALONE, meet, type Workers } from "../workers/workers.ts";

/**
 * Checks that the experiment can be trained by several processes, if it is to be.
 *
 * @throws {PairlabError} If its steps are not compiled, or it keeps a pool of fakes.
 */
export function checkWorkers(
  { wiring }: Pick<Plan, "wiring">,
  { roster, compile = "on" }: {
    readonly roster?: Roster | undefined;
    readonly compile?: CompileMode | undefined;
  },
): void {
  if (roster === undefined) return;
  const cannot = (why: string): PairlabError =>
    new PairlabError(
      `Cannot train with ${roster.membership.addresses.length} workers: ${why}, or leave out --workers`,
    );
  if (compile !== "on") {
    throw cannot(`only a compiled step averages over them. Leave out --compile=${compile}`);
  }
  if (wiring.replay !== undefined && wiring.replay.size > 0) {
    throw cannot(
      "each would keep a pool of earlier fakes of its own, of which one is saved. Use an experiment without replay",
    );
  }
}

/** How long to wait for the other workers, ms. */
const MEET_WITHIN = 300_000;

/** Waits for the other workers, if there are any. */
export async function meetWorkers(engine: Engine, roster: Roster | undefined): Promise<Workers> {
  if (roster === undefined || engine.peers === undefined) return ALONE;
  const { membership: { addresses } } = roster;
  const workers = await meet(engine.peers, roster, MEET_WITHIN);
  say(`Workers: ${addresses.length} (${addresses.join(", ")})`);
  say("Warning: whoever reaches these ports over a network can compute in the workers");
  return workers;
}

/** Checks that all workers train the same in the same version. */
export async function checkRecordsAlike(workers: Workers, record: RunRecord): Promise<void> {
  const { experiment, parameters, limit, data, engine, notFinite, versions, commit } = record;
  await checkAlike(workers, {
    version: [versions, commit, engine.name, engine.version],
    experiment: [experiment.sha256, experiment.imports.map(({ sha256 }) => sha256)],
    "set of parameters": parameters,
    "data set": data.fingerprint,
    "set of options": [limit, notFinite, engine.exact ?? true],
  });
}
