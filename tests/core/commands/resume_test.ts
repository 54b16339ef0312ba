import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { exists } from "../../../core/base/files.ts";
import { readRunRecord, writeRunRecord } from "../../../core/runs/run_folder.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run } from "./process.ts";

const ROOT = new URL("../../../", import.meta.url);
const CPU = ["--backend=cpu", "--no-check"];

/** A tiny run of two epochs, over which its rate falls to 0. */
async function decayingRun(parent: string): Promise<string> {
  const file = join(parent, "decaying.ts"), folder = join(parent, "run");
  await Deno.writeTextFile(
    file,
    `import { adam, experiment, gan, l1, linearDecay } from "${new URL("mod.ts", ROOT)}";
import { tinyWiring } from "${new URL("tests/core/train/tiny.ts", ROOT)}";
export default experiment({ epochs: 2, size: 32, rate: 1e-3, lambda: 100 }, (p) => ({
  ...tinyWiring({ losses: { gan: gan(), l1: l1({ weight: p.lambda }) } }),
  optimizer: adam({ rate: linearDecay({ rate: p.rate, after: 0 }) }),
}));
`,
  );
  const { code, output } = await run("train", file, ...CPU, `--run=${folder}`);
  assertEquals(code, 0, output);
  return folder;
}

describe("deno task resume", () => {
  it("says that more epochs stretch a schedule, and what the rate is instead", () =>
    inTemporaryFolder(async (parent) => {
      const { output } = await run("resume", await decayingRun(parent), "--epochs=4");
      // Linear to 0 in the epoch after the last: in the third of 4, 2/5 of 1e-3.
      assertStringIncludes(
        output,
        "Warning: the learning rate schedule is stretched from 2 to 4 epochs: here the generator's rate is 0.0004, not 0",
      );
    }));

  it("may change a rate or a weight, which run.json records, and not what the training stands on", () =>
    inTemporaryFolder(async (parent) => {
      const folder = await decayingRun(parent);
      const { output } = await run("resume", folder, "--lambda=50", "--epochs=3");
      assertStringIncludes(output, "From here on lambda is 50, before 100");
      const { parameters, resumed } = await readRunRecord(folder);
      assertEquals([parameters["lambda"], parameters.epochs], [100, 2]);
      assertEquals(resumed?.map(({ step, parameters }) => ({ step, parameters })), [
        { step: 8, parameters: { lambda: 50, epochs: 3 } },
      ]);
      for (const key of ["seed", "size", "batch"]) {
        const { code, output } = await run("resume", folder, `--${key}=2`);
        assertEquals(code, 1);
        assertStringIncludes(output, `Cannot resume "${folder}" with another ${key}`);
      }
      const { code, output: words } = await run("resume", folder, "--lambda=-5", "--epochs=4");
      assertEquals(code, 1);
      assertStringIncludes(words, "Cannot use l1 with weight: -5. Use a number from 0 on");
    }));
});

describe("a run folder from somebody else", () => {
  it("runs no module that it brings with it, unless told to trust it", () =>
    inTemporaryFolder(async (parent) => {
      const folder = await decayingRun(parent);
      const path = join(folder, "theirs.ts"), ran = join(parent, "ran");
      const text = `Deno.writeTextFileSync(${JSON.stringify(ran)}, "");\n` +
        await Deno.readTextFile(join(parent, "decaying.ts"));
      await Deno.writeTextFile(path, text);
      const { experiment, ...record } = await readRunRecord(folder);
      const sha256 = createHash("sha256").update(text).digest("hex");
      await writeRunRecord(folder, {
        ...record,
        experiment: { ...experiment, module: path, sha256 },
      });
      const { code, output } = await run("resume", folder, "--epochs=3");
      assertEquals(code, 1);
      assertStringIncludes(output, `Cannot run "${path}": "${folder}" names it`);
      assertMatch(output, /comes with that folder.*\(SHA-256 [0-9a-f]{64}\).*--trust/);
      assertEquals(await exists(ran), false);
      // Trusted, it runs; the checkpoints are those of another record, which ends it.
      const { output: trusted } = await run(
        "resume",
        folder,
        "--epochs=3",
        "--trust",
        "--allow-changes",
      );
      assertStringIncludes(trusted, "Finished after epoch 3");
      assertEquals(await exists(ran), true);
    }));
});

describe("deno task train", () => {
  it("rejects a negative rate before anything is written", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      const words = ["--rate=-1", "--size=32", "--width=1", ...CPU, `--run=${path}`];
      const { code, output } = await run("train", "quickstart", ...words);
      assertEquals(code, 1);
      assertStringIncludes(
        output,
        "Cannot use optimizer.rate: it is -1. Use a number from 0 on",
      );
      assertEquals([...Deno.readDirSync(folder)], []);
    }));
});
