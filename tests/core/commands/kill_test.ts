import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { listCheckpoints } from "../../../core/checkpoint.ts";
import { readMetrics } from "../../../core/metrics_log.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { ended, run, start, TINY, watch } from "./process.ts";

const OPTIONS = ["--backend=cpu", "--no-check"];

/** What must be the same of two runs: hashes of the last checkpoint, and all numbers but times. */
async function resultOf(folder: string): Promise<unknown> {
  const { whole: [newest] } = await listCheckpoints(join(folder, "checkpoints"));
  const lines = await readMetrics(folder);
  return {
    state: { ...newest?.state, secondsInEpoch: 0 },
    lines: lines.map((line) => ({ ...line, milliseconds: 0, seconds: 0 })),
  };
}

describe("a training whose process is killed", () => {
  it("and resumed, again and again, ends with the bits of one that was not", () =>
    inTemporaryFolder(async (folder) => {
      const whole = join(folder, "whole"), killed = join(folder, "killed");
      const reference = await run("train", TINY, ...OPTIONS, `--run=${whole}`);
      assertEquals(reference.code, 0, reference.output);

      let process = start("train", TINY, ...OPTIONS, `--run=${killed}`, "--checkpoint-every=1");
      let kills = 0;
      while (true) {
        const done = ended(process);
        // Another moment each time: in a start, a step, a save, between them.
        const moment = 500 + (kills * 389) % 1400;
        const outcome = await Promise.race([
          done,
          new Promise<"kill">((resolve) => setTimeout(() => resolve("kill"), moment)),
        ]);
        if (outcome !== "kill") {
          if (outcome.output.includes("has no checkpoint yet")) {
            await Deno.remove(killed, { recursive: true });
            process = start("train", TINY, ...OPTIONS, `--run=${killed}`, "--checkpoint-every=1");
            continue;
          }
          assertEquals(outcome.code, 0, outcome.output);
          break;
        }
        kills++;
        try {
          process.kill("SIGKILL");
        } catch {
          // It ended at this very moment.
        }
        await done;
        process = start("resume", killed, "--checkpoint-every=1");
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
      assertStringIncludes(second.output, `process ${process.pid} is at work in it`);
      process.kill("SIGKILL");
      await watched.toTheEnd();
      const third = await run("resume", path, "--epochs=1");
      assertEquals(third.code, 0, third.output);
    }));
});
