import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { TrainingRun } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myCallback } from "./callback.ts";

conformance.callback("myCallback", () => myCallback());

describe("myCallback", () => {
  it("tells of each epoch that is better than all before", async () => {
    const said: string[] = [];
    // Of a run it uses nothing else.
    const run = { say: (line) => void said.push(line) } as Partial<TrainingRun> as TrainingRun;
    const callback = myCallback();
    for (const [index, generator] of [3, 4, 2.5].entries()) {
      const report = { epoch: index + 1, step: index + 1, losses: { generator }, seconds: 1 };
      await callback.onEpochEnd?.(run, report);
    }
    assertEquals(said, [
      "The lowest generator so far, after epoch 1: 3.000",
      "The lowest generator so far, after epoch 3: 2.500",
    ]);
  });
});
