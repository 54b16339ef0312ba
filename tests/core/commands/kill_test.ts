import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { hostname } from "node:os";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run, start, TINY, watch } from "./process.ts";

const OPTIONS = ["--backend=cpu", "--no-check"];

/** Then it may run to its end, however slow the machine is. */
const MOST_KILLS = 6;

/** What must be the same of two runs: hashes of the last checkpoint, and all numbers but times. */
async function resultOf(folder: string): Promise<unknown> {
  const { whole: [newest] } = await listCheckpoints(join(folder, "checkpoints"));
  const lines = await readMetrics(folder);
  return {
    state: { ...newest?.state, secondsInEpoch: 0, run: "", log: null },
    lines: lines.map((line) => ({ ...line, milliseconds: 0, seconds: 0, memory: 0 })),
  };
}

/** Whether a run has begun in a folder. */
async function hasBegun(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(recordPath(folder))).isFile;
  } catch {
    return false;
  }
}

describe("a training whose process is killed", () => {
  it("and resumed, again and again, ends with the bits of one that was not", () =>
    inTemporaryFolder(async (folder) => {
      const whole = join(folder, "whole"), killed = join(folder, "killed");
      const reference = await run("train", TINY, ...OPTIONS, `--run=${whole}`);
      assertEquals(reference.code, 0, reference.output);

      const begin = (): Deno.ChildProcess =>
        start("train", TINY, ...OPTIONS, `--run=${killed}`, "--checkpoint-every=1");
      const goOn = (): Deno.ChildProcess => start("resume", killed, "--checkpoint-every=1");

      let kills = 0;
      for (let process = begin();; process = await hasBegun(killed) ? goOn() : begin()) {
        const watched = watch(process);
        const end = watched.toTheEnd();
        await watched.printed("Engine");
        // Another moment each time: in a start, a step, a save, between them.
        const moment = new Promise<null>((resolve) =>
          setTimeout(() => resolve(null), (kills * 389) % 900)
        );
        const output = await (kills < MOST_KILLS ? Promise.race([end, moment]) : end);
        if (output !== null) {
          assertEquals((await process.status).code, 0, output);
          break;
        }
        process.kill("SIGKILL");
        await end;
        kills++;
      }
      assert(kills >= 2, `killed ${kills} times only`);
      assertEquals(await resultOf(killed), await resultOf(whole));
    }));

  it("by Ctrl-C finishes its step, saves, and says how to go on", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      const process = start("train", TINY, ...OPTIONS, `--run=${path}`, "--epochs=500");
      const watched = watch(process);
      await watched.printed("Run folder");
      await new Promise((resolve) => setTimeout(resolve, 700));
      process.kill("SIGINT");
      const output = await watched.toTheEnd();
      assertEquals((await process.status).code, 130, output);
      assertStringIncludes(output, "Finishing this step");
      assertStringIncludes(output, `deno task resume ${path}`);
      const { whole: [newest] } = await listCheckpoints(join(path, "checkpoints"));
      const lines = await readMetrics(path);
      assertEquals(newest?.state.step, lines.at(-1)?.step);
    }));

  it("by SIGKILL leaves no lock that would keep it from being resumed", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      const process = start(
        "train",
        TINY,
        ...OPTIONS,
        `--run=${path}`,
        "--checkpoint-every=1",
        "--epochs=500",
      );
      const watched = watch(process);
      await watched.printed("Run folder");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const second = await run("resume", path);
      assertEquals(second.code, 1);
      assertStringIncludes(
        second.output,
        `process ${process.pid} on ${hostname()} is at work in it`,
      );
      process.kill("SIGKILL");
      await watched.toTheEnd();
      const third = await run("resume", path, "--epochs=1");
      assertEquals(third.code, 0, third.output);
    }));
});
