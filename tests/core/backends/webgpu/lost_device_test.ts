import { join } from "@std/path";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inTemporaryFolder } from "../../../temporary_folder.ts";
import { run } from "../../commands/process.ts";
import { outcomeOf } from "../../train/outcome.ts";
import { skip } from "./adapter.ts";

const ROOT = new URL("../../../../", import.meta.url);

/** Writes an experiment of eight steps that loses its device `times` times, in a hook, after `step`. */
async function losing(folder: string, times: number, hook: string, step: number): Promise<string> {
  const file = join(folder, `losing_${times}_${hook}_${step}.ts`);
  await Deno.writeTextFile(
    file,
    `import * as tf from "@tensorflow/tfjs";
import { experiment } from "${new URL("mod.ts", ROOT)}";
import { tinyWiring } from "${new URL("tests/core/train/tiny.ts", ROOT)}";
let left = ${times};
const callback = {
  name: "loser",
  ${hook}: (_run, { step }) => {
    if (step === ${step} && left-- > 0) tf.backend().device.destroy();
  },
};
export default experiment({ epochs: 2, size: 32 }, () => tinyWiring({ callbacks: [callback] }));
`,
  );
  return file;
}

describe("a training that loses its GPU's device", { skip }, () => {
  const train = (file: string, folder: string) =>
    run(
      ...["train", file, "--backend=webgpu", "--no-check", "--checkpoint-every=2"] as const,
      `--run=${folder}`,
    );

  it("goes on by itself from its newest checkpoint, and ends with the same bits", () =>
    inTemporaryFolder(async (folder) => {
      const whole = join(folder, "whole");
      const { code, output } = await train(await losing(folder, 0, "onStepEnd", 3), whole);
      assertEquals(code, 0, output);
      const expected = await outcomeOf(whole);
      // Before the first checkpoint, right after one, and where the epoch has ended.
      for (
        const [hook, step, from] of [
          ["onStepEnd", 1, "from its beginning"],
          ["onStepEnd", 7, "after epoch 1, step 6"],
          ["onEpochEnd", 4, "after epoch 0, step 4"],
        ] as const
      ) {
        const lost = join(folder, `${hook}_${step}`);
        const { code, output } = await train(await losing(folder, 1, hook, step), lost);
        assertEquals(code, 0, output);
        assertMatch(
          output,
          /Warning: the GPU's device was lost \(.+\)\. Going on from the newest checkpoint on a new device \(1 of at most 3 times an hour\)/,
        );
        assertStringIncludes(output, `Resuming "${lost}" ${from}`);
        assertStringIncludes(await Deno.readTextFile(join(lost, "run.log")), "device was lost");
        assertEquals(await outcomeOf(lost), expected, `${hook}, ${step}`);
      }
    }));

  it("gives up when that happens again and again, and says how to resume", () =>
    inTemporaryFolder(async (folder) => {
      const lost = join(folder, "lost");
      const { code, output } = await train(await losing(folder, 9, "onStepEnd", 3), lost);
      assertEquals(code, 1, output);
      assertEquals(output.match(/\(\d of at most 3 times an hour\)/g)?.length, 3, output);
      assertMatch(output, /Cannot go on: the GPU's device was lost .+ deno task resume/);
    }));
});
