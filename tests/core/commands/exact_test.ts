import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readRunRecord } from "../../../core/runs/run_folder.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { skip } from "../backends/tensorflow/installed.ts";
import { run, TINY } from "./process.ts";

describe("deno task train --exact", { skip }, () => {
  it("is recorded, and kept by resume", () =>
    inTemporaryFolder(async (parent) => {
      const folder = join(parent, "run");
      const options = ["--backend=tensorflow", "--no-check", "--epochs=1", `--run=${folder}`];
      const begun = await run("train", TINY, ...options, "--exact");
      assertEquals(begun.code, 0, begun.output);
      assertStringIncludes(begun.output, ", exact)");
      const resumed = await run("resume", folder, "--epochs=2");
      assertEquals(resumed.code, 0, resumed.output);
      const record = await readRunRecord(folder);
      const engines = [record, ...record.resumed ?? []].map(({ engine }) => engine);
      assertEquals(engines.map(({ exact }) => exact), [true, true]);
    }));

  it("is not what runs do unless they are told to", () =>
    inTemporaryFolder(async (parent) => {
      const folder = join(parent, "run");
      const options = ["--backend=tensorflow", "--no-check", "--epochs=1", `--run=${folder}`];
      const { code, output } = await run("train", TINY, ...options);
      assertEquals(code, 0, output);
      assertEquals((await readRunRecord(folder)).engine.exact, false);
    }));
});
