import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { slurmRoster } from "../../../core/workers/slurm.ts";

/** What srun sets for the fourth of five tasks on three nodes. */
const TASK: Readonly<Record<string, string>> = {
  SLURM_PROCID: "3",
  SLURM_STEP_NODELIST: "node[7-9]",
  SLURM_STEP_TASKS_PER_NODE: "2(x2),1",
  SLURM_JOB_ID: "17",
  SLURM_STEP_ID: "2",
};

const rosterOf = (changes: Readonly<Record<string, string>>) =>
  slurmRoster(
    (name) => ({ ...TASK, ...changes })[name],
    () => Promise.resolve("node7\nnode8\nnode9\n"),
  );

describe("the workers of a Slurm step", () => {
  it("are its tasks, each with a port of its own on its node", async () => {
    const { membership } = await rosterOf({});
    // 10,000 + 17 * 64 + 2 * 16.
    assertEquals(membership, {
      addresses: ["node7:11120", "node7:11121", "node8:11120", "node8:11121", "node9:11120"],
      index: 3,
    });
  });

  it("have other ports in another job, and in another step", async () => {
    const ports = await Promise.all(
      [{}, { SLURM_JOB_ID: "18" }, { SLURM_STEP_ID: "3" }].map(async (changes) =>
        (await rosterOf(changes)).membership.addresses[0]
      ),
    );
    assertEquals(new Set(ports).size, 3);
  });

  it("ask scontrol for nothing where a single node is named", async () => {
    const one = { ...TASK, SLURM_STEP_NODELIST: "node7", SLURM_STEP_TASKS_PER_NODE: "5" };
    const { membership } = await slurmRoster((name) => one[name as keyof typeof one]);
    assertEquals(membership.addresses.length, 5);
  });

  it("are refused outside of srun, and where nodes and tasks do not match", async () => {
    await assertRejects(
      () => rosterOf({ SLURM_PROCID: "" }),
      PairlabError,
      "SLURM_PROCID is not set",
    );
    await assertRejects(
      () => rosterOf({ SLURM_STEP_TASKS_PER_NODE: "2(x2)" }),
      PairlabError,
      '"node[7-9]" names 3 nodes, and SLURM_STEP_TASKS_PER_NODE tells the tasks of 2',
    );
  });
});
