import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { parse } from "csv-parse/sync";
import { join } from "@std/path";
import type { Callback } from "../../../core/plugin.ts";
import { csvLog } from "../../../plugins/callbacks/csv_log.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { trainIn, trainUntil } from "../../core/train/outcome.ts";

/** Records the number of each second epoch. */
const note: Callback = {
  name: "note",
  onEpochEnd: async (run, { epoch }) => {
    if (epoch % 2 === 0) await run.record({ noted: epoch });
  },
};

const rowsOf = async (folder: string, file = "log.csv"): Promise<Record<string, string>[]> =>
  parse(await Deno.readTextFile(join(folder, file)), { columns: true });

describe("csvLog", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  for (
    const [order, callbacks] of [["before", [note, csvLog()]], ["after", [csvLog(), note]]] as const
  ) {
    it(`has a line for each epoch, and what a callback ${order} it records`, () =>
      inTemporaryFolder(async (folder) => {
        await trainIn(folder, { callbacks, epochs: 3 });
        const rows = await rowsOf(folder);
        assertEquals(rows.map(({ epoch, step, noted }) => [epoch, step, noted]), [
          ["1", "4", ""],
          ["2", "8", "2"],
          ["3", "12", ""],
        ]);
        assert(Number(rows[0]!["generator.l1"]) > 0);
      }));
  }

  it("has each epoch once in a run that was interrupted and resumed", () =>
    inTemporaryFolder(async (folder) => {
      await trainUntil(6, folder, { callbacks: [csvLog()], epochs: 3 });
      await trainIn(folder, { callbacks: [csvLog()], epochs: 3 });
      assertEquals((await rowsOf(folder)).map(({ epoch }) => epoch), ["1", "2", "3"]);
    }));

  it("stays in the run folder", () => {
    assertThrows(() => csvLog({ file: "../log.csv" }), RangeError, 'Cannot log into "../log.csv"');
  });
});
