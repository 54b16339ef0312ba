import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { join } from "@std/path";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { readMetrics } from "../../../core/runs/metrics_log.ts";
import { runLogPath } from "../../../core/runs/run_log.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { fillDisk, withSmallDisk } from "../train/small_disk.ts";
import { run, start, TINY, watch } from "./process.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const isWindows = Deno.build.os === "windows";

/** The experiment of `TINY`, with `code` after its second step, which knows the run's `folder`. */
async function experimentThat(code: string, path: string): Promise<string> {
  const from = (file: string): string => JSON.stringify(`file://${join(ROOT, file)}`);
  await Deno.writeTextFile(
    path,
    `import { experiment } from ${from("mod.ts")};
import { tinyWiring } from ${from("tests/core/train/tiny.ts")};
import { fillDisk } from ${from("tests/core/train/small_disk.ts")};
const onStepEnd = async ({ folder }, { step }) => { if (step === 2) ${code}; };
export default experiment({ epochs: 3, size: 32 }, () =>
  tinyWiring({ callbacks: [{ name: "loss of the folder", onStepEnd }] }));
`,
  );
  return path;
}

/** Trains 3 epochs of 4 steps; `code` takes the run folder away after the second step. */
async function loses(folder: string, experiment: string): Promise<void> {
  const process = start("train", experiment, "--backend=cpu", "--no-check", `--run=${folder}`);
  const output = await watch(process).toTheEnd();
  assertEquals((await process.status).code, 0, output);
  assertStringIncludes(output, `Warning: cannot write into "${folder}"`);
  const rescued = /deno task resume (\S+)/.exec(output)?.[1];
  assert(rescued !== undefined && rescued !== folder, output);
  try {
    const { whole } = await listCheckpoints(join(rescued, "checkpoints"));
    assertEquals(whole.map(({ state }) => state.step), [12]);
    const steps = (await readMetrics(rescued)).filter(({ kind }) => kind === "step");
    assertEquals(steps.map(({ step }) => step), Array.from({ length: 12 }, (_, i) => i + 1));
    const { code, output } = await run("resume", rescued, "--epochs=4");
    assertEquals(code, 0, output);
    assertStringIncludes(output, "Finished after epoch 4, step 16");
  } finally {
    await Deno.remove(rescued, { recursive: true });
  }
}

describe("a training", { skip: isWindows && "there is no such shell" }, () => {
  it("is rescued, its log too, when the disk of its run folder becomes full", () =>
    inTemporaryFolder((folder) =>
      withSmallDisk(async (disk) => {
        const code = `await fillDisk(${JSON.stringify(disk)})`;
        const experiment = await experimentThat(code, join(folder, "mine.ts"));
        await loses(join(disk, "run"), experiment);
      })
    ));

  for (
    const [what, code] of [
      ["an empty folder", "Deno.mkdirSync(folder)"],
      ["a file", 'Deno.writeTextFileSync(folder, "")'],
      ["nothing", ""],
    ] as const
  ) {
    it(`is rescued, its log too, when ${what} takes the place of its run folder`, () =>
      inTemporaryFolder(async (folder) => {
        const lost = `{ Deno.renameSync(folder, folder + "-elsewhere"); ${code} }`;
        const experiment = await experimentThat(lost, join(folder, "mine.ts"));
        await loses(join(folder, "run"), experiment);
      }));
  }

  it("saves in its folder when its output goes into a file on a disk that is full", () =>
    inTemporaryFolder((folder) =>
      withSmallDisk(async (disk) => {
        const own = join(folder, "run");
        await fillDisk(disk);
        const command = [
          ...[Deno.execPath(), "run", "-A", "--no-check", "core/commands/train.ts", TINY],
          ...["--backend=cpu", "--no-check", `--run=${own}`],
        ];
        const shell = new Deno.Command("sh", {
          args: ["-c", '"$@" > "$0" 2>&1', join(disk, "output.txt"), ...command],
          cwd: ROOT,
        });
        await shell.output();
        const { whole } = await listCheckpoints(join(own, "checkpoints"));
        assertEquals(whole.map(({ state }) => state.step), [12]);
        const log = await Deno.readTextFile(runLogPath(own));
        assertStringIncludes(log, "Standard output is lost (No space left on device");
        assertStringIncludes(log, "Finished after epoch 3, step 12");
      })
    ));
});
