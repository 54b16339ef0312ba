import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { decodePicture, type Picture, writePicture } from "../../../core/plugin.ts";
import samples from "../pictures/fixtures/samples.json" with { type: "json" };
import { type Ended, run, TINY } from "./process.ts";

/** A slope in colour. */
function slope(width: number, height: number): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return 60 * (i % 3) + pixel % width + Math.floor(pixel / width);
  });
  return { data, width, height, channels: 3 };
}

describe("predict", () => {
  let folder: string, path: string;
  const predict = (...args: string[]): Promise<Ended> =>
    run("predict", path, "--backend=cpu", ...args);

  before(async () => {
    folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
    path = join(folder, "run");
    const { code, output } = await run(
      ...["train", TINY, "--backend=cpu", "--no-check", "--epochs=1", `--run=${path}`] as const,
    );
    assertEquals(code, 0, output);
    await writePicture(join(folder, "wide.png"), slope(70, 41));
    await writePicture(join(folder, "dot.png"), slope(1, 1));
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("says how it predicts, as in the paper unless told otherwise", async () => {
    const { code, output } = await predict(join(folder, "wide.png"));
    assertEquals(code, 0, output);
    assertStringIncludes(output, "Mode: paper (dropout, statistics of the picture)");
    const { width, height } = await decodePicture(join(path, "predictions", "wide.png"));
    assertEquals([width, height], [32, 32]);
  });

  it("in tiles makes pictures of their own size, and tells of their seams", async () => {
    const out = join(folder, "tiled");
    const { code, output } = await predict(folder, "--tiled", `--out=${out}`);
    assertEquals(code, 0, output);
    assertStringIncludes(output, "Mode: running (no dropout, moving statistics");
    assertStringIncludes(output, "dot.png: 1x1 of 1x1 tile\n");
    assert(/^wide\.png: 70x41 of 3x2 tiles, seams \d.*input 1\.00.*levels of 255$/m.test(output));
    assert(!output.includes("Note:"));
    const { width, height } = await decodePicture(join(out, "wide.png"));
    assertEquals([width, height], [70, 41]);
  });

  it("warns of modes in which tiles are normalised each by itself", async () => {
    const out = join(folder, "noted");
    const { output } = await predict(
      join(folder, "dot.png"),
      "--tiled",
      "--mode=paper",
      `--out=${out}`,
    );
    assertStringIncludes(output, "Mode: paper");
    assertStringIncludes(output, "statistics of each tile by itself");
  });

  it("reports in JSON what it did", async () => {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.resolve("../../../core/commands/predict.ts")]
        .concat(path, join(folder, "wide.png"), "--backend=cpu", "--json", "--tiled")
        .concat("--overlap=4", `--out=${join(folder, "json")}`),
      stdout: "piped",
      stderr: "piped",
    });
    const { stdout, stderr } = await command.output();
    const { mode, step, engine, pictures: [picture, ...others] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    assertEquals([mode, step, engine.name, others], ["running", 4, "cpu", []]);
    const { tiles, ...file } = picture;
    assertEquals(file, {
      input: join(folder, "wide.png"),
      output: join(folder, "json", "wide.png"),
      width: 70,
      height: 41,
    });
    assertEquals([tiles.rows, tiles.columns, tiles.overlap], [2, 3, 4]);
    assertEquals(Object.keys(tiles.seams).sort(), [
      ...["across", "beside", "disagreement", "ratio", "ratioOfInput"],
    ]);
    assertStringIncludes(new TextDecoder().decode(stderr), "1 picture written");
  });

  it("goes on after a picture that cannot be read, and names it at the end", async () => {
    const broken = join(folder, "broken.jpg"), out = join(folder, "rest");
    await Deno.writeTextFile(broken, "<html>");
    const { code, output } = await predict(broken, join(folder, "dot.png"), `--out=${out}`);
    await Deno.remove(broken);
    assertEquals(code, 1);
    assertStringIncludes(output, "1 picture written");
    assertStringIncludes(output, "Cannot predict 1 of 2 pictures; all others are done:");
    assertStringIncludes(output, `broken.jpg": it is not a picture, it begins with "<html>"`);
    assertEquals([...Deno.readDirSync(out)].map(({ name }) => name).sort(), [
      "dot.png",
      "predictions.jsonl",
    ]);
  });

  it("writes no result over a picture that it was given", async () => {
    const { code, output } = await predict(folder, `--out=${folder}`);
    assertEquals(code, 1);
    assertStringIncludes(output, "it is one of the inputs");
    const { width, height } = await decodePicture(join(folder, "wide.png"));
    assertEquals([width, height], [70, 41]);
  });

  it("with a generator's file alone writes into predictions/ beside it, as the guide says", async () => {
    const checkpoint = join(path, "checkpoints", "epoch-0001", "generator.safetensors");
    const alone = join(folder, "alone", "generator.safetensors");
    await Deno.mkdir(join(folder, "alone"));
    await Deno.copyFile(checkpoint, alone);
    const wide = join(folder, "wide.png");
    for (const [file, at] of [[alone, join(folder, "alone")], [checkpoint, path]] as const) {
      const { code, output } = await run("predict", file, wide, "--backend=cpu");
      assertEquals(code, 0, output);
      assertStringIncludes(output, `1 picture written to ${join(at, "predictions")}`);
    }
  });

  it("reads pictures by the levels of black and white that the run was trained with", async () => {
    const set = join(folder, "floats"), trained = join(folder, "floats-run");
    const { file } = samples.find(({ type, channels }) => type === "float32" && channels === 3)!;
    for (const side of ["input", "output"]) {
      await Deno.mkdir(join(set, side), { recursive: true });
      await Deno.writeFile(join(set, side, "a.tif"), Uint8Array.fromBase64(file));
    }
    const experiment = join(folder, "floats.ts");
    const url = (path: string): string => JSON.stringify(import.meta.resolve(`../../../${path}`));
    await Deno.writeTextFile(
      experiment,
      `import { experiment, folderPairs } from ${url("mod.ts")};
import { tinyWiring } from ${url("tests/core/train/tiny.ts")};
const levels = { input: [0, 1], target: [0, 1] } as const;
const data = folderPairs({ root: ${JSON.stringify(set)}, levels });
export default experiment({ epochs: 1, size: 32 }, () => tinyWiring({ data }));
`,
    );
    const made = await run(
      ...["train", experiment, "--backend=cpu", "--no-check", `--run=${trained}`] as const,
    );
    assertEquals(made.code, 0, made.output);
    const input = join(set, "input", "a.tif");
    const { code, output } = await run("predict", trained, input, "--backend=cpu");
    assertEquals(code, 0, output);
    const usual = await predict(input);
    assertEquals(usual.code, 1);
    assertStringIncludes(usual.output, "its samples are 32-bit floats");
  });

  it("counts the links and other files of a folder that it skips", async () => {
    const mixed = join(folder, "mixed");
    await Deno.mkdir(mixed);
    await Deno.copyFile(join(folder, "dot.png"), join(mixed, "dot.png"));
    await Deno.symlink(join(folder, "wide.png"), join(mixed, "linked.png"));
    for (const name of ["a.txt", "b.heic", ".hidden"]) {
      await Deno.writeTextFile(join(mixed, name), "");
    }
    const { output } = await predict(mixed, `--out=${join(folder, "mixed-out")}`);
    assertStringIncludes(output, `Skipping 1 link and 2 other files in "${mixed}"`);
    assertStringIncludes(output, "1 picture written");
  });

  it("replaces its own results, others only with --overwrite, and a data set's pictures never", async () => {
    const set = join(folder, "set"), out = join(folder, "results");
    for (const side of ["input", "output"]) {
      await Deno.mkdir(join(set, side), { recursive: true });
      await Deno.copyFile(join(folder, "dot.png"), join(set, side, "dot.png"));
    }
    const truth = await Deno.readFile(join(set, "output", "dot.png"));
    for (const more of [[], ["--overwrite"]]) {
      const to = `--out=${join(set, "output")}`;
      const { code, output } = await predict(join(set, "input"), to, ...more);
      assertEquals(code, 1);
      assertStringIncludes(output, "it is a picture beside the inputs");
      assertEquals(await Deno.readFile(join(set, "output", "dot.png")), truth);
    }

    await Deno.mkdir(out);
    await Deno.writeTextFile(join(out, "dot.png"), "mine");
    const again = (...more: string[]): Promise<Ended> =>
      predict(join(set, "input"), `--out=${out}`, ...more);
    assertStringIncludes((await again()).output, "Pairlab did not write it");
    assertEquals(await Deno.readTextFile(join(out, "dot.png")), "mine");
    assertEquals((await again("--overwrite")).code, 0);
    assertEquals((await again()).code, 0);
  });

  const refusals: [what: string, words: string, args: string[]][] = [
    ["tiles that overlap by more than a half", "Use a whole number from 0 to 16.", [
      "--tiled",
      "--overlap=17",
    ]],
    ["an overlap of no tiles", "Pass --tiled", ["--overlap=4"]],
    ["an overlap that is none", "Use a whole number of pixels", ["--tiled", "--overlap=half"]],
    ["to keep the size in two ways", "'--keep-size'", ["--tiled", "--keep-size"]],
  ];
  for (const [what, words, args] of refusals) {
    it(`refuses ${what}`, async () => {
      const { code, output } = await predict(join(folder, "wide.png"), ...args);
      assertStringIncludes(output, words);
      assertEquals(code, 1);
      assert(!/^\s+at .*core\/.*:\d+:\d+/m.test(output), `there is a stack trace:\n${output}`);
    });
  }
});
