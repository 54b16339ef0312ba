import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readEnd } from "../../../core/runs/ending.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run, start, TINY, watch } from "./process.ts";

describe("watch", () => {
  it("says of a folder that does not exist that it does not", async () => {
    const { code, output } = await run("watch", "no/such/folder");
    assertEquals(code, 1);
    assertEquals(
      output,
      'Cannot watch "no/such/folder": it does not exist. Name a run folder, or a folder of runs.\n',
    );
  });

  it("serves the page beside a training, which ends it and notes its own end", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      const training = start(
        "train",
        TINY,
        "--epochs=3",
        "--backend=cpu",
        `--run=${path}`,
        "--watch",
      );
      const watched = watch(training);
      await watched.printed("Watch: http://127.0.0.1:");
      const output = await watched.toTheEnd();
      const address = /Watch: (\S+)/.exec(output)?.[1];
      assert(output.includes("Finished after epoch 3"), output);
      assertEquals((await readEnd(path))?.end, "finished");
      // Its process goes with the training's.
      let answers = true;
      for (let tries = 0; answers && tries < 50; tries++) {
        try {
          await (await fetch(address!)).body?.cancel();
          await new Promise((resolve) => setTimeout(resolve, 100));
        } catch {
          answers = false;
        }
      }
      assert(!answers, "the page is still served");
    }));
});
