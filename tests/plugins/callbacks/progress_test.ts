import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { StepReport, TrainingRun } from "../../../core/plugin.ts";
import { progress } from "../../../plugins/callbacks/progress.ts";

describe("progress, where no person watches", () => {
  const rates = { generator: 2e-4, discriminator: 2e-4 };

  it("prints a line for each step on request, as the notebook does, and the means of an epoch", async () => {
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
    const callback = progress({ seconds: 0 });
    await callback.onTrainBegin?.(run);
    for (const stepInEpoch of [1, 2]) {
      const report: StepReport = {
        epoch: 1,
        step: stepInEpoch,
        stepInEpoch,
        losses,
        rates,
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

  it("prints a line every few seconds only, however many steps there are", async () => {
    const said: string[] = [];
    const run = {
      epochs: 1,
      stepsPerEpoch: 1000,
      batch: 1,
      say: (line: string) => void said.push(line),
    } as unknown as TrainingRun;
    const callback = progress({ seconds: 3600 });
    const report = { epoch: 1, losses: { generator: 1 }, rates, names: [], milliseconds: 1 };
    for (let step = 1; step <= 1000; step++) {
      await callback.onStepEnd?.(run, { ...report, step, stepInEpoch: step });
    }
    assertEquals(said, ["epoch 1-train: 1/1000"]);
  });

  it("says the learning rate at the end of an epoch where it has changed", async () => {
    const said: string[] = [];
    const run = {
      epochs: 3,
      stepsPerEpoch: 1,
      batch: 1,
      say: (line: string) => void said.push(line),
    } as unknown as TrainingRun;
    const callback = progress({ seconds: 3600 });
    const schedule = [[2e-4, 2e-4], [2e-4, 2e-4], [1e-4, 1e-4], [1e-4, 4e-4]] as const;
    for (const [index, [generator, discriminator]] of schedule.entries()) {
      const epoch = index + 1, losses = { generator: 1 };
      const at = { epoch, step: epoch, stepInEpoch: 1, names: [], milliseconds: 1, losses };
      await callback.onStepEnd?.(run, { ...at, rates: { generator, discriminator } });
      await callback.onEpochEnd?.(run, { epoch, step: epoch, losses, seconds: 1 });
    }
    assertEquals(said, [
      "epoch 1-train: 1/1",
      "epoch 1/3: G 1.000 (1 s)",
      "epoch 2/3: G 1.000 (1 s)",
      "epoch 3/3: G 1.000  rate 0.0001 (1 s)",
      "epoch 4/3: G 1.000  rate G 0.0001  D 0.0004 (1 s)",
    ]);
  });
});
