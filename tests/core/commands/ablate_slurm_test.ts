/** Sweeps over a real Slurm: one that is running here, or one that `../shared/slurm/start` starts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { after, before, describe, it } from "@std/testing/bdd";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { exists } from "../../../core/base/files.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run } from "./process.ts";

const MATRIX = fileURLToPath(new URL("../ablate/tiny_matrix.ts", import.meta.url));
const START = fileURLToPath(new URL("../../../../shared/slurm/start", import.meta.url));

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

const isRunning = await succeeds("squeue");
const skip = !isRunning && !(Deno.uid() === 0 && await exists(START))
  ? "Slurm is not installed, and nothing here starts one"
  : false;

/** Whether Slurm has jobs of a sweep, the one that writes its table included. */
async function hasJobs(sweep: string): Promise<boolean> {
  const { name } = JSON.parse(await Deno.readTextFile(join(sweep, "slurm", "1.json")));
  const { stdout } = await new Deno.Command("squeue", {
    args: ["--noheader", "--format=%j"],
  }).output();
  const jobs = new TextDecoder().decode(stdout).split("\n");
  return jobs.some((job) => job.startsWith(name.replace(/\d+$/, "")));
}

/** What must be the same of two sweeps: by cell, the result and the hash of every array saved. */
async function bitsOf(sweep: string): Promise<unknown> {
  const cells: Record<string, unknown> = {};
  for await (const { name } of Deno.readDir(join(sweep, "cells"))) {
    const [, address] = /^(\w+)\.result\.json$/.exec(name) ?? [];
    if (address === undefined) continue;
    const { scores } = JSON.parse(await Deno.readTextFile(join(sweep, "cells", name)));
    const checkpoints = join(sweep, "cells", address, "checkpoints");
    const { whole: [newest] } = await listCheckpoints(checkpoints);
    cells[address] = { scores, state: { ...newest?.state, secondsInEpoch: 0, run: "", log: null } };
  }
  return cells;
}

describe("deno task ablate --launcher=slurm", { skip }, () => {
  let own: string | undefined;
  before(async () => {
    if (isRunning) return;
    own = await Deno.makeTempDir({ prefix: "pairlab-slurm-" });
    assert(await succeeds("bash", START, own), "Slurm does not start");
  });
  after(async () => {
    if (own === undefined) return;
    await succeeds("bash", START, "--stop", own);
    // Slurm's programs write while they end. Deno's rm() of Node does not heed `maxRetries`.
    for (let left = 20; await exists(own); left--) {
      await Deno.remove(own, { recursive: true }).catch((error) => {
        if (left === 0) throw error;
      });
      await pause(500);
    }
  });

  it("submits, is left and come back to, submits a killed cell again, to the bits of a local sweep", () =>
    inTemporaryFolder(async (folder) => {
      const here = join(folder, "here"), there = join(folder, "there");
      // One thread for each cell, as Slurm gives them.
      const launch = [MATRIX, "--backend=cpu", "--no-check", "--epochs=8", "--only=L1"];
      const often = "--checkpoint-every=4";
      const submitted = await run("ablate", ...launch, often, `--run=${there}`, "--launcher=slurm");
      assertEquals(submitted.code, 0, submitted.output);
      assertStringIncludes(submitted.output, "Submitted 2 cells as Slurm's job");
      assertStringIncludes(submitted.output, "scancel");

      let killed: string | undefined;
      while (killed === undefined) {
        await pause(50);
        for await (const { name } of Deno.readDir(join(there, "cells"))) {
          if (!name.endsWith(".lease") || name.startsWith(".")) continue;
          const address = name.replace(".lease", "");
          const checkpoints = join(there, "cells", address, "checkpoints");
          if ((await listCheckpoints(checkpoints)).whole.length === 0) continue;
          const lease = JSON.parse(await Deno.readTextFile(join(there, "cells", name)));
          Deno.kill(lease.process, "SIGKILL");
          killed = address;
          break;
        }
      }
      const local = await run("ablate", ...launch, `--run=${here}`, "--jobs=2");
      assertEquals(local.code, 0, local.output);

      const again = await run("ablate", there, "--only=L1", "--launcher=slurm", "--follow");
      assertEquals(again.code, 0, again.output);
      assertStringIncludes(again.output, "Submitted 1 cell as Slurm's job");
      assertEquals(await bitsOf(there), await bitsOf(here));
      const log = await Deno.readTextFile(join(there, "cells", `${killed}.log`));
      assertStringIncludes(log, "Resuming");
      // The job behind the array still writes the table, into a folder that is removed next.
      while (await hasJobs(there)) await pause(100);
    }));
});
