import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { metricsPath, openMetricsLog, readMetrics } from "../../core/metrics_log.ts";
import type { StepReport } from "../../core/plugin.ts";
import { inTemporaryFolder } from "../temporary_folder.ts";

const report = (step: number): StepReport => ({
  epoch: 1,
  step,
  stepInEpoch: step,
  losses: { generator: step / 3 },
  names: ["röse\n.jpg"],
  milliseconds: 5,
});

describe("metrics.jsonl", () => {
  it("holds a line for each report, numbers to the last bit", () =>
    inTemporaryFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await log.step(report(1));
      await log.epoch({ epoch: 1, step: 1, losses: { generator: 1 / 3 }, seconds: 2 });
      assertEquals(await readMetrics(folder), [
        {
          kind: "step",
          epoch: 1,
          step: 1,
          losses: { generator: 1 / 3 },
          milliseconds: 5,
          pairs: ["röse\n.jpg"],
        },
        { kind: "epoch", epoch: 1, step: 1, losses: { generator: 1 / 3 }, seconds: 2 },
      ]);
    }));

  it("is read without a last line that was torn", () =>
    inTemporaryFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await log.step(report(1));
      await Deno.writeTextFile(metricsPath(folder), '{"kind":"st', { append: true });
      assertEquals((await readMetrics(folder)).map(({ step }) => step), [1]);
    }));

  it("forgets the lines past the step at which a run goes on", () =>
    inTemporaryFolder(async (folder) => {
      const first = await openMetricsLog(folder, { epoch: 0, step: 0 });
      for (const step of [1, 2, 3]) await first.step(report(step));
      const second = await openMetricsLog(folder, { epoch: 0, step: 2 });
      await second.step(report(3));
      assertEquals((await readMetrics(folder)).map(({ step }) => step), [1, 2, 3]);
    }));

  it("forgets the line of an epoch whose end the run had not saved", () =>
    inTemporaryFolder(async (folder) => {
      const epoch = { epoch: 1, step: 1, losses: {}, seconds: 1 };
      const first = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await first.step(report(1));
      await first.epoch(epoch);
      // Saved after the epoch's last step, killed after its line was written.
      const second = await openMetricsLog(folder, { epoch: 0, step: 1 });
      await second.epoch(epoch);
      assertEquals((await readMetrics(folder)).map(({ kind }) => kind), ["step", "epoch"]);
    }));

  it("forgets what was recorded at an epoch's end that the run had not saved", () =>
    inTemporaryFolder(async (folder) => {
      const first = await openMetricsLog(folder, { epoch: 0, step: 0 });
      // At the epoch's last step, then at its end: the same step, one more finished epoch.
      await first.step(report(1));
      await first.metrics({ epoch: 0, step: 1, values: { psnr: 20 } });
      await first.epoch({ epoch: 1, step: 1, losses: {}, seconds: 1 });
      await first.metrics({ epoch: 1, step: 1, values: { psnr: 21 } });
      await openMetricsLog(folder, { epoch: 0, step: 1 });
      const lines = await readMetrics(folder);
      assertEquals(lines.map(({ kind }) => kind), ["step", "metrics"]);
      assertEquals(lines[1], { kind: "metrics", epoch: 0, step: 1, values: { psnr: 20 } });
    }));

  it("keeps lines in memory while the file cannot be written, and writes them later", () =>
    inTemporaryFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await log.step(report(1));
      const path = metricsPath(folder), aside = `${path}.aside`;
      await Deno.rename(path, aside);
      await log.step(report(2));
      await Deno.rename(aside, path);
      await log.step(report(3));
      assertEquals((await readMetrics(folder)).map(({ step }) => step), [1, 2, 3]);
    }));
});
