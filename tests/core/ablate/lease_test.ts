import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { exists } from "../../../core/base/files.ts";
import {
  findHolders,
  type Holder,
  isLease,
  JOB_VARIABLE,
  type Lease,
  takeLease,
  watchLeases,
} from "../../../core/ablate/lease.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

/** Seconds between beats, and until a lease is over: short, for tests. */
const FAST = { beat: 0.05, expires: 1 };

/** A lease of another machine. */
const OTHER: Holder = {
  owner: "5f0c",
  host: "node7",
  machine: "another boot",
  process: 1,
  job: null,
  beat: 0,
  expires: 60,
};

async function take(path: string): Promise<Lease> {
  const lease = await takeLease(path, FAST);
  assert(isLease(lease), JSON.stringify(lease));
  return lease;
}

async function write(path: string, holder: Holder): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(holder));
}

const inFolder = (test: (path: string) => Promise<void>): Promise<void> =>
  inTemporaryFolder((folder) => test(join(folder, "cell.lease")));

describe("a lease", () => {
  it("is taken by one of many, leaves nothing when released, and can be taken again", () =>
    inFolder(async (path) => {
      const taken = await Promise.all(Array.from({ length: 8 }, () => takeLease(path, FAST)));
      const leases = taken.filter(isLease);
      assertEquals(leases.length, 1);
      await leases[0]!.release();
      assertEquals(await Array.fromAsync(Deno.readDir(join(path, ".."))), []);
      await (await take(path)).release();
    }));

  it("of a process of this machine that was killed is free at once", () =>
    inFolder(async (path) => {
      const holder = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--no-check"],
          fileURLToPath(new URL("./lease_holder.ts", import.meta.url)),
          path,
        ],
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      for await (const _ of holder.stdout) break;
      assertEquals((await findHolders([path])).map((found) => found?.process), [holder.pid]);
      holder.kill("SIGKILL");
      await holder.status;
      assertEquals(await watchLeases()(path), undefined);
      assertEquals(await exists(path), false);
    }));

  it("of another machine is over when no beat is seen for as long as it says, whatever its clock", () =>
    inFolder(async (path) => {
      let seconds = 0;
      const watch = watchLeases(() => seconds);
      await write(path, OTHER);
      assertEquals((await watch(path))?.alive, false);
      seconds = 59;
      await write(path, { ...OTHER, beat: 1 });
      assertEquals((await watch(path))?.alive, true);
      seconds = 118;
      assertEquals((await watch(path))?.holder.host, "node7");
      seconds = 120;
      assertEquals(await watch(path), undefined);
      assertEquals(await exists(path), false);
    }));

  it("that another process has made meanwhile is put back by whoever found the old one over", () =>
    inFolder(async (path) => {
      let seconds = 0, late = false;
      const newer = JSON.stringify({ ...OTHER, owner: "77aa" });
      const watch = watchLeases(() => {
        // Between reading the lease and burying it.
        if (late) Deno.writeTextFileSync(path, newer);
        return seconds;
      });
      await write(path, OTHER);
      await watch(path);
      seconds = 61;
      late = true;
      assert(await watch(path) !== undefined);
      assertEquals(await Deno.readTextFile(path), newer);
    }));

  it("is free to a later attempt of the same job, and to nobody else", () =>
    inFolder(async (path) => {
      await write(path, { ...OTHER, job: "slurm 12_3" });
      assert(await watchLeases()(path) !== undefined);
      Deno.env.set(JOB_VARIABLE, "slurm 12_3");
      try {
        await (await take(path)).release();
      } finally {
        Deno.env.delete(JOB_VARIABLE);
      }
    }));

  it("tells its holder when another process has taken it, and is left to that one", () =>
    inFolder(async (path) => {
      const lease = await take(path);
      const lost = new Promise((resolve) => lease.lost.addEventListener("abort", resolve));
      await write(path, OTHER);
      await lost;
      await lease.release();
      assertEquals(JSON.parse(await Deno.readTextFile(path)), OTHER);
    }));

  it("that another has taken is given up at once by a process without patience", () =>
    inFolder(async (path) => {
      await write(path, OTHER);
      assertEquals(await takeLease(path, { patient: false }), OTHER);
    }));

  it("that is damaged is waited for, and is over after the usual time", () =>
    inFolder(async (path) => {
      let seconds = 0;
      const watch = watchLeases(() => seconds);
      await Deno.writeTextFile(path, '{"owner": "5f');
      assertEquals((await watch(path))?.alive, false);
      seconds = 91;
      assertEquals(await watch(path), undefined);
    }));
});
