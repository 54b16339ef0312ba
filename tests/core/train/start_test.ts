import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readRunRecord } from "../../../core/runs/run_folder.ts";
import { beginRun } from "../../../core/train/start.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

describe("a run that begins", () => {
  it("records in which mode, and of which weights, it will predict", () =>
    inTemporaryFolder(async (parent) => {
      const folder = join(parent, "run");
      const parameters = { size: "32", width: "1", count: "5" };
      await beginRun("quickstart", { parameters, folder, backend: "cpu", check: false });
      const { predictions } = await readRunRecord(folder);
      assertEquals(predictions, [{ callback: "samples", mode: "paper", weights: "trained" }]);
    }));
});
