import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { metricsPath, openMetricsLog, readMetrics } from "../../../core/runs/metrics_log.ts";
import type { StepReport } from "../../../core/plugin.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const report = (step: number): StepReport => ({
  epoch: 1,
  step,
  stepInEpoch: step,
  losses: { generator: step / 3 },
  rates: { generator: 2e-4, discriminator: 1e-4 },
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
          rates: { generator: 2e-4, discriminator: 1e-4 },
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

  it("goes on exactly where a mark was made, whatever was written since", () =>
    inTemporaryFolder(async (folder) => {
      const first = await openMetricsLog(folder, { epoch: 0, step: 0 });
      await first.step(report(1));
      const mark = await first.mark();
      assertEquals(mark.bytes, (await Deno.stat(metricsPath(folder))).size);
      // Recorded when the moment had been saved already: it is recorded again.
      await first.metrics({ epoch: 0, step: 1, values: { psnr: 20 } });
      const warnings: string[] = [];
      await openMetricsLog(folder, { epoch: 0, step: 1, mark }, (line) => void warnings.push(line));
      assertEquals((await readMetrics(folder)).map(({ kind }) => kind), ["step"]);
      assertEquals(warnings, []);
    }));

  it("counts lines that wait in memory when a mark is made", () =>
    inTemporaryFolder(async (folder) => {
      const log = await openMetricsLog(folder, { epoch: 0, step: 0 }, () => {});
      const path = metricsPath(folder), aside = `${path}.aside`;
      await Deno.rename(path, aside);
      await log.step(report(1));
      const waiting = await log.mark();
      await Deno.rename(aside, path);
      assertEquals(await log.mark(), waiting);
      assertEquals((await Deno.stat(path)).size, waiting.bytes);
    }));

  const spoilt: Record<string, [change: (lines: string[]) => string[], kept: number[]]> = {
    "a line is there twice": [(lines) => [lines[0]!, ...lines], [1, 2, 3]],
    "a line is missing": [([, ...lines]) => lines, [2, 3]],
    "a line is no JSON": [([, ...lines]) => ["}", ...lines], [2, 3]],
    "a line is null": [([, ...lines]) => ["null", ...lines], [2, 3]],
    "a number became a text": [
      ([first, ...lines]) => [first!.replace('"step":1', '"step":"1"'), ...lines],
      [2, 3],
    ],
  };
  for (const [what, [change, kept]] of Object.entries(spoilt)) {
    it(`is mended as far as it goes, with a warning, when ${what}`, () =>
      inTemporaryFolder(async (folder) => {
        const log = await openMetricsLog(folder, { epoch: 0, step: 0 });
        for (const step of [1, 2, 3]) await log.step(report(step));
        const mark = await log.mark();
        const lines = (await Deno.readTextFile(metricsPath(folder))).trimEnd().split("\n");
        await Deno.writeTextFile(metricsPath(folder), `${change(lines).join("\n")}\n`);
        const warnings: string[] = [];
        const warn = (line: string): void => void warnings.push(line);
        await openMetricsLog(folder, { epoch: 0, step: 3, mark }, warn);
        assert(
          warnings.some((line) => line.includes("changed since the checkpoint was written")),
          warnings.join(),
        );
        assertEquals((await readMetrics(folder)).map(({ step }) => step), kept);
      }));
  }

  it("tells whoever reads it which lines cannot be read", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(metricsPath(folder), "one\n{}\n");
      const warnings: string[] = [];
      assertEquals(await readMetrics(folder, (line) => void warnings.push(line)), []);
      assert(warnings[0]?.includes("line 1 (it cannot be read), line 2"), warnings[0]);
    }));
});
