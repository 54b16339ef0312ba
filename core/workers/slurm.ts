/** The workers of a job step of Slurm: each task of `srun` is one. */
import { PairlabError } from "../base/errors.ts";
import { listedRoster, type Roster } from "./roster.ts";

/** What Slurm tells a task of its step. */
const VARIABLES = {
  place: "SLURM_PROCID",
  nodes: "SLURM_STEP_NODELIST",
  tasks: "SLURM_STEP_TASKS_PER_NODE",
  job: "SLURM_JOB_ID",
  step: "SLURM_STEP_ID",
} as const;

/**
 * The roster of the step that this process is a task of. Tasks fill the nodes in their order
 * (`--distribution=block`, Slurm's default), and each listens on a port that follows from the job,
 * the step and its place on the node.
 *
 * @param environment Reads a variable of the environment.
 * @param namesOf The names in Slurm's short form, `node[1-3]`, one a line. @default scontrol's
 * @throws {PairlabError} If this process is no task of `srun`.
 *
 * @example
 * ```ts
 * import { slurmRoster } from "./slurm.ts";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => slurmRoster(() => undefined), Error, "SLURM_PROCID is not set");
 * ```
 */
export async function slurmRoster(
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
  namesOf: (list: string) => Promise<string> = askScontrol,
): Promise<Roster> {
  const of = (name: string): string => {
    const value = environment(name);
    if (value !== undefined && value !== "") return value;
    throw new PairlabError(
      `Cannot find the workers of a Slurm step: ${name} is not set. Start each by srun, e.g. srun --ntasks=2 deno task train … --workers=slurm`,
    );
  };
  const place = Number(of(VARIABLES.place)), list = of(VARIABLES.nodes);
  const counts = tasksOf(of(VARIABLES.tasks));
  const first = 10_000 +
    (Number(of(VARIABLES.job)) * 64 + Number(of(VARIABLES.step)) * 16) % 19_000;
  const nodes = (await namesOf(list)).split("\n").filter((name) => name !== "");
  if (nodes.length !== counts.length) {
    throw new PairlabError(
      `Cannot find the workers of a Slurm step: "${list}" names ${nodes.length} nodes, and ${VARIABLES.tasks} tells the tasks of ${counts.length}. Name the workers: --workers=host:port,host:port --worker=$SLURM_PROCID`,
    );
  }
  const addresses = nodes.flatMap((node, at) =>
    Array.from({ length: counts[at]! }, (_, index) => `${node}:${first + index}`)
  );
  return listedRoster(addresses, place);
}

/** `2(x3),1` is 2, 2, 2, 1. */
function tasksOf(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, count, times = "1"] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    return new Array<number>(Number(times)).fill(Number(count));
  });
}

async function askScontrol(list: string): Promise<string> {
  // A list of one node needs no program, which containers may lack.
  if (/^[\w.-]+$/.test(list)) return list;
  const { code, stdout, stderr } = await new Deno.Command("scontrol", {
    args: ["show", "hostnames", list],
  }).output();
  if (code === 0) return new TextDecoder().decode(stdout);
  throw new PairlabError(
    `Cannot find the workers of a Slurm step: scontrol says ${
      new TextDecoder().decode(stderr).trim()
    }. Name the workers: --workers=host:port,host:port --worker=$SLURM_PROCID`,
  );
}
