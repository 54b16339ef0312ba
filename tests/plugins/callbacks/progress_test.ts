import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { StepReport, TrainingRun } from "../../../core/plugin.ts";
import { progress } from "../../../plugins/callbacks/progress.ts";

describe("progress, where no person watches", () => {
  it("prints a line for each step as the notebook does, and the means of an epoch", async () => {
    const said: string[] = [];
    const run = {
      epochs: 2,
      stepsPerEpoch: 2,
      batch: 1,
      say: (line: string) => void said.push(line),
    } as unknown as TrainingRun;
    const losses = {
      "discriminator.gan": 0.7,
      "discriminator": 0.7,
      "generator.gan": 0.9,
      "generator.l1": 33.24,
      "generator": 34.14,
    };
    const callback = progress();
    await callback.onTrainBegin?.(run);
    for (const stepInEpoch of [1, 2]) {
      const report: StepReport = {
        epoch: 1,
        step: stepInEpoch,
        stepInEpoch,
        losses,
        names: [],
        milliseconds: 500,
      };
      await callback.onStepEnd?.(run, report);
    }
    await callback.onEpochEnd?.(run, { epoch: 1, step: 2, losses, seconds: 61 });
    assertEquals(said, [
      "epoch 1-train: 1/2",
      "epoch 1-train: 2/2",
      "epoch 1/2: G 34.1  D 0.700  gan 0.900  l1 33.2 (1 min 1 s)",
    ]);
  });
});
