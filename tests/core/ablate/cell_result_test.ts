import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { readResult, writeResult } from "../../../core/ablate/cell_result.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { resultOf, scoresOf } from "./cell_results.ts";

describe("the result of a cell", () => {
  it("is read as it was written, numbers that JSON lacks too", async () => {
    await inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "cells"));
      const fid = { ...scoresOf("fid", [], "lower"), values: null, mean: NaN };
      const result = resultOf({ scores: [scoresOf("psnr", [20, Infinity, -Infinity]), fid] });
      await writeResult(folder, "c0ffee", result);
      assertEquals(await readResult(folder, "c0ffee"), result);
    });
  });

  it("is none where it cannot be read, so that the cell is trained again", async () => {
    await inTemporaryFolder(async (folder) => {
      await Deno.mkdir(join(folder, "cells"));
      await Deno.writeTextFile(join(folder, "cells", "c0ffee.result.json"), '{ "format": 1');
      assertEquals(await readResult(folder, "c0ffee"), null);
      assertEquals(await readResult(folder, "decade"), null);
    });
  });
});
