import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { clearEnd, noteEnd, readEnd } from "../../../core/runs/ending.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

describe("the end of a run", () => {
  it("is read as it was noted, and gone once the run goes on", () =>
    inTemporaryFolder(async (folder) => {
      assertEquals(await readEnd(folder), null);
      await noteEnd(folder, { end: "failed", epoch: 1, step: 7, reason: "out of memory" });
      const { time, ...end } = (await readEnd(folder))!;
      assertEquals(end, { end: "failed", epoch: 1, step: 7, reason: "out of memory" });
      assertEquals(Number.isNaN(Date.parse(time)), false);
      await clearEnd(folder);
      await clearEnd(folder);
      assertEquals(await readEnd(folder), null);
    }));

  it("is unknown where the file is damaged, and lost without a word where it cannot be written", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "end.json"), '{"end":"fini');
      assertEquals(await readEnd(folder), null);
      await noteEnd(join(folder, "removed"), { end: "finished", epoch: 1, step: 1 });
    }));
});
