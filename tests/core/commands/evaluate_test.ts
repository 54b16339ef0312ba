import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import type { EvaluationReport } from "../../../core/evaluate/report.ts";
import { decodePicture, type Picture } from "../../../core/plugin.ts";
import type { RunRecord } from "../../../core/runs/run_folder.ts";
import { type Ended, run, TINY } from "./process.ts";

/** A metric of a user's own. */
const MINE = `
import * as tf from "@tensorflow/tfjs";
export default {
  name: "mine",
  better: 7,
  measure: ({ target }) => tf.fill([target.shape[0]], 7),
};
`;

/** 10 log10(255² / mean squared error), of two pictures as files hold them. */
function psnrOf(a: Picture, b: Picture): number {
  let squares = 0;
  a.data.forEach((level, index) => {
    squares += (level - b.data[index]!) ** 2;
  });
  return 10 * Math.log10(255 ** 2 / (squares / a.data.length));
}

describe("evaluate", () => {
  let folder: string, path: string;
  const evaluate = (...args: string[]): Promise<Ended> =>
    run("evaluate", path, "--backend=cpu", ...args);
  const reportIn = async (out: string): Promise<EvaluationReport> =>
    JSON.parse(await Deno.readTextFile(join(out, "evaluation.json")));

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    path = join(folder, "run");
    const args = ["--backend=cpu", "--no-check", "--epochs=1", `--run=${path}`];
    const { code, output } = await run("train", TINY, ...args);
    assertEquals(code, 0, output);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("measures every test picture in every mode, and writes what can be computed again", async () => {
    const mine = join(folder, "mine.ts");
    await Deno.writeTextFile(mine, MINE);
    const { code, output } = await evaluate(`--metrics=psnr,lab-distribution-L,${mine}`);
    assertEquals(code, 0, output);
    for (const words of ["psnr (dB) ↑", "lab-distribution-L ↑", "mine → 7", "input as it is"]) {
      assertStringIncludes(output, words);
    }
    const out = join(path, "evaluation", "epoch-0001-test-psnr-lab-distribution-L-mine");
    assertStringIncludes(output, `Written to ${out}`);
    const { names, modes, metrics, run: identity, engine } = await reportIn(out);
    assertEquals(names, ["pair0", "pair1"]);
    assertEquals(modes, ["paper", "deterministic", "running"]);
    assertEquals(identity.data.fingerprint, "plain");
    assertEquals([identity.checkpoint.name, engine.name], ["epoch-0001", "cpu"]);

    const [psnr] = metrics;
    const seen = new Set<number>();
    for (const [index, name] of names.entries()) {
      const read = (side: string): Promise<Picture> =>
        decodePicture(join(out, "pictures", side, `${name}.png`));
      const target = await read("target");
      for (const mode of modes) {
        const value = psnr!.modes[mode]!.values![index]!;
        assertAlmostEquals(value, psnrOf(target, await read(mode)), 1e-4);
        seen.add(value);
      }
      const value = psnr!.identity!.values![index]!;
      assertAlmostEquals(value, psnrOf(target, await read("input")), 1e-4);
    }
    assertEquals(seen.size, 6, "each mode should predict otherwise");

    const lines = (await Deno.readTextFile(join(out, "pictures.csv"))).trimEnd().split("\r\n");
    assertEquals(lines.length, 1 + 2 * 4);
    for (const group of ["best", "worst"]) {
      const files = [...Deno.readDirSync(join(out, group))].map(({ name }) => name).sort();
      assertEquals(files.map((name) => name.slice(0, 6)), ["1_pair", "2_pair"]);
    }
  });

  it("prints JSON and nothing else on standard output when it is asked to", async () => {
    const out = join(folder, "json");
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.resolve("../../../core/commands/evaluate.ts")]
        .concat(path, "--backend=cpu", "--json", "--metrics=mae", "--mode=running", "--limit=1")
        .concat("--no-pictures", `--out=${out}`),
      stdout: "piped",
      stderr: "piped",
    });
    const { stdout, stderr } = await command.output();
    const report: EvaluationReport = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([report.names, report.modes], [["pair0"], ["running"]]);
    assertStringIncludes(new TextDecoder().decode(stderr), `Written to ${out}`);
    assertEquals(await reportIn(out), report);
    assertEquals([...Deno.readDirSync(out)].map(({ name }) => name).sort(), [
      ...["best", "evaluation.json", "pictures.csv", "worst"],
    ]);
  });

  it("compares with another run picture by picture, and warns where the two differ", async () => {
    const other = join(folder, "other"), out = join(folder, "compared");
    await copyFolder(path, other);
    await changeRecord(other, (record) => {
      record.engine = { ...record.engine, name: "tensorflow", version: "2.21.0" };
    });
    const options = ["--mode=deterministic", "--metrics=psnr", "--no-pictures", `--out=${out}`];
    const { code, output } = await evaluate(`--against=${other}`, ...options);
    assertEquals(code, 0, output);
    assertStringIncludes(output, `Against: ${other}, epoch-0001`);
    assertStringIncludes(output, "Warning: The runs differ in engine: cpu");
    const { metrics: [psnr] } = await reportIn(out);
    assertEquals(psnr!.modes.deterministic!.fromOther, {
      leftOut: 0,
      pictures: 2,
      mean: 0,
      interval: { low: 0, high: 0 },
      verdict: "unclear",
    });
  });

  const refusals: [what: string, words: string, args: string[]][] = [
    ["a metric that there is not", '"psnr" or the path', ["--metrics=psnrr"]],
    ["a checkpoint that there is not", '"epoch-0009"', ["--checkpoint=epoch-0009"]],
    ["the best where none was kept", "best(metric)", ["--checkpoint=best"]],
    ["a mode that is none", "Allowed choices are paper", ["--mode=training"]],
    ["another run that is none", "it has no run.json", ["--against=core"]],
    ["a folder that holds something else", "a new or empty folder", ["--out=core"]],
  ];
  for (const [what, words, args] of refusals) {
    it(`refuses ${what}`, async () => {
      const { code, output } = await evaluate(...args);
      assertStringIncludes(output, words);
      assertEquals(code, 1);
      assert(!/^\s+at .*core\/.*:\d+:\d+/m.test(output), `there is a stack trace:\n${output}`);
    });
  }

  it("refuses an experiment and data that are not what they were", async () => {
    const changed = join(folder, "changed");
    await copyFolder(path, changed);
    await changeRecord(changed, (record) => {
      record.data.fingerprint = "other";
    });
    const { code, output } = await run("evaluate", changed, "--backend=cpu");
    assertStringIncludes(output, "its data changed since it began");
    assertEquals(code, 1);
  });
});

/** Another record of a run, as of an earlier version: without hashes, and checkpoints of no run. */
async function changeRecord(folder: string, change: (record: RunRecord) => void): Promise<void> {
  const rewrite = async (path: string, body: (said: Record<string, unknown>) => void) => {
    const { sha256: _, run: __, ...said } = JSON.parse(await Deno.readTextFile(path));
    body(said);
    await Deno.writeTextFile(path, JSON.stringify(said));
  };
  await rewrite(join(folder, "run.json"), (said) => change(said as RunRecord));
  for await (const { name } of Deno.readDir(join(folder, "checkpoints"))) {
    await rewrite(join(folder, "checkpoints", name, "state.json"), () => {});
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
