import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { EpochReport, TrainingRun } from "../../../core/plugin.ts";
import { every } from "../../../plugins/callbacks/every.ts";
import { recorder } from "../../core/train/tiny.ts";

const run = {} as TrainingRun;
const epochs = (...numbers: number[]): EpochReport[] =>
  numbers.map((epoch) => ({ epoch, step: epoch, losses: {}, seconds: 1 }));

describe("every(n, callback)", () => {
  it("lets through each n-th epoch", async () => {
    const inner = recorder();
    for (const report of epochs(1, 2, 3, 4, 5, 6)) await every(3, inner).onEpochEnd?.(run, report);
    assertEquals(inner.calls, ["epoch 3", "epoch 6"]);
  });

  it("counts from the first epoch of the run, also in one that was resumed", async () => {
    const inner = recorder();
    for (const report of epochs(24, 25, 26)) await every(25, inner).onEpochEnd?.(run, report);
    assertEquals(inner.calls, ["epoch 25"]);
  });

  it("leaves the other hooks as they are", async () => {
    const inner = recorder();
    await every(3, inner).onTrainBegin?.(run);
    await every(3, inner).onTrainEnd?.(run);
    assertEquals(inner.calls, ["begin", "end"]);
  });

  for (const n of [0, -1, 1.5, NaN]) {
    it(`refuses ${n}`, () => {
      assertThrows(() => every(n, recorder()), RangeError, `every ${n} epochs`);
    });
  }
});
