import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cp } from "node:fs/promises";
import { join } from "@std/path";
import { evaluateRun } from "../../../core/evaluate/evaluate_run.ts";
import { writeReport } from "../../../core/report/report.ts";
import { readRunRecord, type RunRecord, writeRunRecord } from "../../../core/runs/run_folder.ts";
import { beginRun } from "../../../core/train/start.ts";
import { train } from "../../../core/train/train.ts";
import { psnr } from "../../../mod.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const ROOT = new URL("../../../", import.meta.url).href;

/** Writes an experiment of ten drawn flowers, eight of which train, that keeps the best checkpoint. */
async function writeExperiment(folder: string, options: string): Promise<string> {
  const path = join(folder, "judged.ts");
  await Deno.writeTextFile(
    path,
    `import { best, evaluateEvery, psnr, vary } from "${ROOT}mod.ts";
import quickstart from "${ROOT}experiments/quickstart.ts";

const seen = { name: "seen", onStepEnd: (_: unknown, { names }: { names: readonly string[] }) => {
  ((globalThis as { seen?: string[] }).seen ??= []).push(...names);
} };

export default vary(quickstart, () => ({
  callbacks: [best(psnr()), evaluateEvery(1, { metrics: [psnr()], ${options} }), seen],
}));
`,
  );
  return path;
}

const PARAMETERS = { size: "32", width: "1", count: "10", epochs: "2" };

async function trainIn(parent: string, options = ""): Promise<RunRecord & { folder: string }> {
  const folder = join(parent, "run");
  const experiment = await writeExperiment(parent, options);
  (globalThis as { seen?: string[] }).seen = [];
  const training = await beginRun(experiment, {
    ...{ parameters: PARAMETERS, folder, backend: "cpu", check: false },
  });
  await train(training, new AbortController().signal);
  const { validation, test } = training.run;
  const { seen } = globalThis as { seen?: string[] };
  const others = [...validation?.names ?? [], ...test.names];
  assertEquals(seen!.filter((name) => others.includes(name)), []);
  return { ...await readRunRecord(folder), folder };
}

describe("a training that chooses", () => {
  it("chooses by pairs that neither train nor test, and records them", () =>
    inTemporaryFolder(async (parent) => {
      const { data, choices, folder } = await trainIn(parent);
      assertEquals(data.validation, { pairs: 1, from: "train" });
      assertEquals(choices, [{ by: "best(psnr)", value: "psnr", split: "validation" }]);
      const { seen } = globalThis as { seen?: string[] };
      assertEquals([seen!.length, new Set(seen).size], [14, 7]);
      const { report } = await evaluateRun(folder, {
        ...{ offered: [psnr()], backend: "cpu", checkpoint: "best", split: "validation" },
        ...{ say: () => {}, pictures: false, modes: ["paper"] },
      });
      assertEquals([report.names.length, report.warnings], [1, []]);
    }));

  it("says in its record, evaluation and report that it chose by test pictures", () =>
    inTemporaryFolder(async (parent) => {
      const { data, choices, folder } = await trainIn(parent, 'split: "test"');
      assertEquals(data.validation, undefined);
      assertEquals(choices, [{ by: "best(psnr)", value: "psnr", split: "test" }]);
      const { report } = await evaluateRun(folder, {
        ...{ offered: [psnr()], backend: "cpu", say: () => {}, pictures: false, modes: ["paper"] },
      });
      assertMatch(report.warnings[0]!, /^The run was chosen by test pictures \(best\(psnr\)\)/);
      const { warnings } = await writeReport([folder], join(parent, "report.html"));
      assertStringIncludes(warnings.join(), "chosen by test pictures");
    }));

  it("goes on as it began where an earlier version kept no pairs", () =>
    inTemporaryFolder(async (parent) => {
      const { folder: locked, ...record } = await trainIn(parent);
      const folder = join(parent, "copy");
      await cp(locked, folder, { recursive: true });
      const { validation: _, ...data } = record.data;
      const { choices: __, ...earlier } = record;
      await writeRunRecord(folder, { ...earlier, data });
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--no-check", new URL("core/commands/resume.ts", ROOT).href],
          ...[folder, "--epochs=3", "--trust", "--backend=cpu", "--allow-changes"],
        ],
        env: { NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assertEquals(code, 0, said);
      assertMatch(said, /epoch 3: psnr .* \(2 test pictures/);
    }));
});
