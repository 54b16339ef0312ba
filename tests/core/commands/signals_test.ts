import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { readEnd } from "../../../core/runs/ending.ts";
import { runLogPath } from "../../../core/runs/run_log.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { start, TINY, watch } from "./process.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const IN_TERMINAL = fileURLToPath(new URL("in_terminal.py", import.meta.url));

/** The words of `train TINY`, for a shell or a terminal. */
const training = (run: string, epochs: number): string[] => [
  ...[Deno.execPath(), "run", "-A", "--no-check", "core/commands/train.ts", TINY],
  ...["--backend=cpu", "--no-check", `--run=${run}`, `--epochs=${epochs}`],
];

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Runs a program from Pairlab's folder, and waits for its end. */
async function shell(
  program: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  const { code, stdout } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stderr: "null",
  }).output();
  return { code, output: new TextDecoder().decode(stdout) };
}

/** Waits until a training has ended, whoever its parent is. */
async function endOf(run: string): Promise<string | undefined> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    const end = await readEnd(run);
    if (end !== null) return end.end;
    await sleep(100);
  }
  return undefined;
}

/** Checks that a run was interrupted and that its last step is saved. */
async function assertSaved(run: string): Promise<void> {
  assertEquals(await endOf(run), "interrupted");
  const { whole: [newest] } = await listCheckpoints(join(run, "checkpoints"));
  const steps = (await readMetrics(run)).map(({ step }) => step);
  assertEquals(newest?.state.step, Math.max(...steps));
}

const hasPython = (await shell("sh", ["-c", "command -v python3"])).code === 0;
const isWindows = Deno.build.os === "windows";

/** Writes an experiment with a callback: the body of its `onStepEnd(run, { step })`. */
async function writeExperiment(folder: string, onStepEnd: string): Promise<string> {
  const path = join(folder, "watched.ts");
  const from = (file: string): string => JSON.stringify(`file://${join(ROOT, file)}`);
  await Deno.writeTextFile(
    path,
    `import { experiment } from ${from("mod.ts")};
import { tinyWiring } from ${from("tests/core/train/tiny.ts")};
const onStepEnd = (run, { step }) => { ${onStepEnd} };
const onError = (run, error) => run.say("told: " + error.message);
export default experiment({ epochs: 1, size: 32 }, () =>
  tinyWiring({ callbacks: [{ name: "other" }, { name: "careless", onStepEnd, onError }] }));
`,
  );
  return path;
}

describe("a training", { skip: isWindows && "there are no such signals" }, () => {
  for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"] as const) {
    it(`saves on ${signal}`, () =>
      inTemporaryFolder(async (folder) => {
        const run = join(folder, "run");
        const process = start(
          "train",
          TINY,
          "--backend=cpu",
          "--no-check",
          `--run=${run}`,
          "--epochs=500",
        );
        const watched = watch(process);
        await watched.printed("Run folder");
        await sleep(500);
        process.kill(signal);
        assertStringIncludes(await watched.toTheEnd(), "Resume with:");
        assertEquals((await process.status).code, 130);
        await assertSaved(run);
      }));
  }

  it("takes two signals within a second for one, and leaves at once on a later one", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      // Signals come while it waits.
      const slow = await writeExperiment(
        folder,
        `if (step !== 2) return;
        run.say("waiting");
        return new Promise((resolve) => setTimeout(resolve, 2500));`,
      );
      for (const [gap, saves] of [[100, true], [1500, false]] as const) {
        const path = `${run}-${gap}`;
        const process = start("train", slow, "--backend=cpu", "--no-check", `--run=${path}`);
        const watched = watch(process);
        await watched.printed("waiting");
        process.kill("SIGINT");
        await sleep(gap);
        process.kill("SIGINT");
        const output = await watched.toTheEnd();
        assertEquals((await process.status).code, 130, output);
        if (saves) await assertSaved(path);
        else assertEquals(await readEnd(path), null);
      }
    }));

  it("is not disturbed by SIGHUP where that was ignored when it began, as under nohup", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      const words = training(run, 3).map((word) => `'${word}'`).join(" ");
      const script = `trap '' HUP; ${words} & sleep 2; kill -HUP $!; wait $!`;
      assertStringIncludes((await shell("sh", ["-c", script])).output, "Finished after epoch 3");
      assertEquals(await endOf(run), "finished");
    }));

  it("goes on when the reader of its output goes away, and says so in run.log", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      const words = training(run, 3).map((word) => `'${word}'`).join(" ");
      await shell("sh", ["-c", `${words} | head -n 1`]);
      assertEquals(await endOf(run), "finished");
      const log = await Deno.readTextFile(runLogPath(run));
      assertEquals(log.split("Standard output is lost").length, 2, log);
      assertStringIncludes(log, "Finished after epoch 3");
    }));

  for (
    const [what, words] of [["Ctrl-C on a terminal", "ctrl-c"], ["a closed terminal", "hangup"]]
  ) {
    it(
      `saves after ${what}`,
      { skip: !hasPython && "python3 does not exist" },
      () =>
        inTemporaryFolder(async (folder) => {
          const run = join(folder, "run");
          const driver = [IN_TERMINAL, words!, "Run folder", "0.7"];
          const { output } = await shell("python3", [...driver, ...training(run, 500)]);
          await assertSaved(run);
          if (words === "ctrl-c") assertStringIncludes(output, "Resume with:");
          else {
            const log = await Deno.readTextFile(runLogPath(run));
            assert(/SIGHUP|Standard output is lost/.test(log), log);
          }
        }),
    );
  }

  it("saves when a callback throws, and tells all", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      const experiment = await writeExperiment(
        folder,
        'if (step === 2) throw new Error("no such server");',
      );
      const options = ["--backend=cpu", "--no-check", `--run=${run}`];
      const process = start("train", experiment, ...options);
      const output = await watch(process).toTheEnd();
      assertEquals((await process.status).code, 1, output);
      assertStringIncludes(output, "no such server");
      assertStringIncludes(output, "told: ");
      assertEquals(await endOf(run), "failed");
      const { whole } = await listCheckpoints(join(run, "checkpoints"));
      assertEquals(whole.map(({ state }) => state.step), [2]);
    }));

  it("saves when a promise rejects that a callback does not wait for, names it, and tells all", () =>
    inTemporaryFolder(async (folder) => {
      const run = join(folder, "run");
      const reject = `if (step === 2) void Promise.reject(new Error("no such server"));`;
      const experiment = await writeExperiment(folder, reject);
      const options = ["--backend=cpu", "--no-check", `--run=${run}`];
      const process = start("train", experiment, ...options);
      const output = await watch(process).toTheEnd();
      assertEquals((await process.status).code, 1, output);
      const words =
        'a promise that the callback "careless" does not wait for was rejected: no such server';
      assertStringIncludes(output, `told: Cannot continue: ${words}`);
      assertEquals(await endOf(run), "failed");
      const { whole } = await listCheckpoints(join(run, "checkpoints"));
      assertEquals(whole.map(({ state }) => state.step), [2]);
    }));
});
