import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { EvaluationReport } from "../../../core/evaluate/report.ts";
import { openSubject } from "../../../core/evaluate/subject.ts";
import { decodePicture, encodePicture, type Picture } from "../../../core/plugin.ts";
import { readState, writeState } from "../../../core/runs/checkpoint_state.ts";
import {
  readRunRecord,
  runIdentity,
  type RunRecord,
  writeRunRecord,
} from "../../../core/runs/run_folder.ts";
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

  it("evaluates other data that are named, and says so", async () => {
    const data = join(folder, "花".repeat(20)), small = join(folder, "small");
    for (const name of ["a".repeat(180), ...[1, 2, 3, 4].map((n) => "花".repeat(80) + n)]) {
      for (const [side, level] of [["input", 90], ["output", 140]] as const) {
        await Deno.mkdir(join(data, side), { recursive: true });
        const picture = { data: new Uint8Array(32 * 32 * 3).fill(level), width: 32, height: 32 };
        const path = join(data, side, `${name}.png`);
        await Deno.writeFile(path, await encodePicture({ ...picture, channels: 3 }, ".png"));
      }
    }
    const trained = await run(
      "train",
      fileURLToPath(new URL("./dataset_experiment.ts", import.meta.url)),
      ...["--backend=cpu", "--no-check", "--epochs=1", `--run=${small}`],
    );
    assertEquals(trained.code, 0, trained.output);
    const options = ["--backend=cpu", "--metrics=psnr", "--split=train", "--mode=running"];
    const { code, output } = await run("evaluate", small, `--dataset=${data}`, ...options);
    assertEquals(code, 0, output);
    assertStringIncludes(output, "Warning: Evaluated on other data than the run's: ");
    const name = `epoch-0001-train-running-${"花".repeat(20)}-psnr`;
    const out = join(small, "evaluation", name);
    const report = await reportIn(out);
    const count = report.names.length;
    assert(count > 1, `${count}`);
    assert(report.data.fingerprint !== report.run.data.fingerprint);
    // The input is 50 levels off everywhere, in pictures of names that are too long for files too.
    for (const value of report.metrics[0]!.identity!.values!) {
      assertAlmostEquals(value, 14.1514, 1e-3);
    }
    assertStringIncludes(
      await Deno.readTextFile(join(out, "pictures.csv")),
      report.data.fingerprint,
    );
    assertEquals([...Deno.readDirSync(join(out, "pictures", "target"))].length, count);
    assertEquals([...Deno.readDirSync(join(out, "worst"))].length, Math.min(count, 3));
  });

  it("replaces an older evaluation, and no file that is not one's", async () => {
    const out = join(folder, "mine"), note = join(out, "pictures", "note.txt");
    const options = ["--metrics=mae", "--mode=running", `--out=${out}`];
    for (let time = 0; time < 2; time++) assertEquals((await evaluate(...options)).code, 0);
    await Deno.writeTextFile(note, "mine");
    const { code, output } = await evaluate(...options);
    assertEquals(code, 1);
    assertStringIncludes(
      output,
      'it holds "pictures/note.txt", which is not part of an evaluation',
    );
    assertEquals((await evaluate(...options, "--metrics=psnr", "--overwrite")).code, 0);
    assertEquals(await Deno.readTextFile(note), "mine");
    assertEquals((await reportIn(out)).metrics.map(({ name }) => name), ["psnr"]);
  });

  it("removes what an interrupted evaluation left, and not what another one is writing", async () => {
    const parent = join(folder, "interrupted");
    const left = join(parent, ".old.part-0123abcd"), busy = join(parent, ".new.part-0123abcd");
    for (const path of [left, busy]) {
      await Deno.mkdir(path, { recursive: true });
      await Deno.writeTextFile(join(path, ".evaluation"), "");
    }
    using lock = await Deno.open(join(busy, ".evaluation"), { write: true });
    await lock.lock(true);
    const options = ["--metrics=mae", "--mode=running", `--out=${join(parent, "new")}`];
    assertEquals((await evaluate(...options)).code, 0);
    const names = [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
    assertEquals(names, [".new.part-0123abcd", "new"]);
    assertEquals([...Deno.readDirSync(join(parent, "new"))].map(({ name }) => name).sort(), [
      ...["best", "evaluation.json", "pictures", "pictures.csv", "worst"],
    ]);
  });

  it("holds the checkpoint that a training beside it removes", async () => {
    const moving = join(folder, "moving");
    await copyFolder(path, moving);
    await tf.setBackend("cpu");
    await import("../../../mod.ts");
    const subject = await openSubject(moving);
    await Deno.remove(join(moving, "checkpoints"), { recursive: true });
    const predictor = await subject.load();
    assertEquals(predictor.shape.target.width, 32);
  });

  const refusals: [what: string, words: string, args: string[]][] = [
    ["a metric that there is not", 'Did you mean "psnr"', ["--metrics=psnrr"]],
    ["a checkpoint that there is not", '"epoch-0009"', ["--checkpoint=epoch-0009"]],
    ["the best where none was kept", "best(metric)", ["--checkpoint=best"]],
    ["a mode that is none", "Allowed choices are paper", ["--mode=training"]],
    ["another run that is none", "it has no run.json", ["--against=experiments"]],
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

/** Changes the record of a run; its checkpoints stay its own. */
async function changeRecord(folder: string, change: (record: RunRecord) => void): Promise<void> {
  const record = await readRunRecord(folder);
  change(record);
  await writeRunRecord(folder, record);
  const identity = runIdentity(await Deno.readTextFile(join(folder, "run.json")));
  for await (const { name } of Deno.readDir(join(folder, "checkpoints"))) {
    const checkpoint = join(folder, "checkpoints", name);
    await writeState(checkpoint, { ...await readState(checkpoint), run: identity });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
