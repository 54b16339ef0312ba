import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { readRunRecord, reserveRunFolder } from "../../../core/runs/run_folder.ts";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { openOrigin } from "../../../core/runs/origin.ts";
import { parseSafetensors } from "../../../core/runs/safetensors.ts";
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

  it("begins with the weights of another, says which in its record, and saves them before its first step", () =>
    inTemporaryFolder(async (parent) => {
      const parameters = { size: "32", width: "1", count: "5" };
      const common = { parameters, backend: "cpu", check: false } as const;
      const [first, second] = [join(parent, "first"), join(parent, "second")];
      await (await beginRun("quickstart", { ...common, folder: first })).saveFinal();
      const from = await openOrigin(first);
      const other = { ...parameters, seed: "5" };
      await beginRun("quickstart", { ...common, parameters: other, folder: second, from });
      const { from: recorded } = await readRunRecord(second);
      assertEquals(recorded, from.files);
      const [saved] = (await listCheckpoints(join(second, "checkpoints"))).whole;
      assertEquals([saved?.state.step, saved?.state.epoch], [0, 0]);
      const weightsIn = async (folder: string): Promise<string> => {
        const bytes = await Deno.readFile(join(folder, "discriminator.safetensors"));
        return [...parseSafetensors(folder, bytes).tensors.values()].map(({ values }) =>
          values.join()
        ).join();
      };
      const [origin] = (await listCheckpoints(join(first, "checkpoints"))).whole;
      assertEquals(await weightsIn(saved!.folder), await weightsIn(origin!.folder));
    }));

  it("has a folder of its own where another begins in the same second", () =>
    inTemporaryFolder(async (parent) => {
      const before = Deno.cwd();
      Deno.chdir(parent);
      try {
        const time = new Date("2026-11-27T08:00:00Z");
        const folders = await Promise.all([1, 2, 3].map(() => reserveRunFolder("flowers", time)));
        const first = join("runs", "flowers-20261127-080000");
        assertEquals(folders.sort(), [first, `${first}-2`, `${first}-3`]);
      } finally {
        Deno.chdir(before);
      }
    }));
});
