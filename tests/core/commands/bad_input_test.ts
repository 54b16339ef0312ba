import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { run, TINY } from "./process.ts";

/** One message, without a stack trace, and a status that is not 0. */
async function refuses(words: string, name: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(name, ...args);
  assertStringIncludes(output, words);
  assertEquals(code, 1);
  assert(!/^\s+at .*core\/.*:\d+:\d+/m.test(output), `there is a stack trace:\n${output}`);
}

const CPU = ["--backend=cpu", "--no-check"];

describe("train", () => {
  const cases: [what: string, words: string, args: string[]][] = [
    ["no experiment", "missing required argument 'experiment'", []],
    ["a misspelt experiment", 'Did you mean "flowers_deblur"?', ["flowers_debur"]],
    ["a file that is not there", "there is no such file", ["./nowhere.ts"]],
    ["a misspelt parameter", 'Did you mean "lambda"?', ["flowers_deblur", "--lamda=50"]],
    ["a text for a number", "it is not a number", ["flowers_deblur", "--epochs=many"]],
    ["a word that is no choice", '"alternate" or "simultaneous"', [TINY, "--order=both"]],
    ["an argument that is no parameter", "--key=value", ["flowers_deblur", "lambda=50"]],
    ["a size that cannot be halved", "Use 256x256 (", ["flowers_deblur", "--size=250"]],
    ["a data set that is not there", '"/nowhere"', ["flowers_deblur", "--dataset=/nowhere"]],
    ["an engine that is none", "Allowed choices are auto", ["flowers_deblur", "--backend=gpu"]],
    ["a limit of none", "Use a whole number from 1 on", ["flowers_deblur", "--limit=0"]],
    ["more pictures than memory holds", "Use 1 to 1000000.", ["quickstart", "--count=1e12"]],
    ["an interval of none", "200 (steps) or 10m", ["flowers_deblur", "--checkpoint-every=soon"]],
  ];
  for (const [what, words, args] of cases) {
    it(`refuses ${what}`, () => refuses(words, "train", ...args));
  }

  it("says in one line that a batch is larger than the data", () =>
    inTemporaryFolder(async (folder) => {
      const more = ["--batch=9", "--epochs=1", `--run=${join(folder, "run")}`];
      const { code, output } = await run("train", TINY, ...CPU, ...more);
      assertEquals(code, 0, output);
      const lines = output.split("\n").filter((line) => line.startsWith("Batch:"));
      assertEquals(lines, ["Batch: 9 is larger than the 4 training pairs; each step uses 4"]);
    }));

  it("refuses a module that is no experiment", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "mine.ts");
      await Deno.writeTextFile(path, "export const experiment = 1;\n");
      await refuses("its default export is missing", "train", path, "--no-check");
    }));

  it("refuses an experiment that the compiler refuses, in the compiler's words", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "mine.ts");
      const source = await Deno.readTextFile(TINY);
      const absolute = source.replaceAll(
        /"(\.[^"]+)"/g,
        (_, specifier) =>
          JSON.stringify(
            new URL(specifier, import.meta.resolve("../experiment/tiny_experiment.ts")).href,
          ),
      );
      await Deno.writeTextFile(path, absolute.replace("p.order", "p.ordre"));
      await refuses("'ordre' does not exist", "train", path, "--backend=cpu");
    }));

  it("refuses a folder that holds something, and leaves it alone", () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "thesis.tex"), "");
      await refuses('it holds "thesis.tex"', "train", TINY, ...CPU, `--run=${folder}`);
      assertEquals([...Deno.readDirSync(folder)].length, 1);
    }));

  it("shows an experiment's parameters with --help", async () => {
    const { code, output } = await run("train", TINY, "--help");
    assertEquals(code, 0);
    assertStringIncludes(output, "--order=alternate");
    assertStringIncludes(output, "alternate | simultaneous");
  });
});

describe("ablate", () => {
  it("refuses no matrix", () => refuses("missing required argument 'matrix'", "ablate"));
});

describe("resume and predict", () => {
  it("refuse a folder that is no run", () =>
    inTemporaryFolder(async (folder) => {
      await refuses("it has no run.json", "resume", folder);
      await refuses(
        "it holds no checkpoint",
        "predict",
        folder,
        "deno.json",
        "--backend=cpu",
      );
    }));

  it("predict refuses what is not there, and what is no picture", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run");
      assertEquals((await run("train", TINY, ...CPU, "--epochs=1", `--run=${path}`)).code, 0);
      await refuses(
        "it does not exist. Use a picture, a folder or a glob",
        "predict",
        path,
        "nowhere.jpg",
      );
      await refuses("it is not a picture", "predict", path, "README.md", "--backend=cpu");
      const out = ["docs/sample.png", "--out=README.md", "--backend=cpu"];
      await refuses("Use another name.", "predict", path, ...out);
      const generator = join(path, "checkpoints", "epoch-0001", "generator.safetensors");
      await Deno.truncate(generator, 1000);
      await refuses("generator.safetensors", "predict", path, "README.md", "--backend=cpu");
    }));

  it("resume refuses an experiment that has changed since unless it is allowed to, and a record that was altered", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "run"), own = join(folder, "own.ts");
      const inner = join(folder, "inner.ts");
      await Deno.writeTextFile(own, 'export { default } from "./inner.ts";');
      await Deno.writeTextFile(
        inner,
        `export { default } from ${JSON.stringify(`file://${TINY}`)};`,
      );
      assertEquals((await run("train", own, ...CPU, "--epochs=1", `--run=${path}`)).code, 0);
      await Deno.writeTextFile(inner, "// another\n", { append: true });
      await refuses('"./inner.ts", imported by', "resume", path);
      await Deno.writeTextFile(own, "// another\n", { append: true });
      await refuses("changed since the run began", "resume", path);
      const all = ["--allow-changes", "--epochs=2"];
      assertEquals((await run("resume", path, ...all)).code, 0);
      // What the run has gone on with is its own from there on; what it was is still there.
      assertEquals((await run("resume", path)).code, 0);
      await Deno.writeTextFile(own, "// a third\n", { append: true });
      await refuses("changed since the run was last resumed", "resume", path);
      const record = await Deno.readTextFile(join(path, "run.json"));
      await Deno.writeTextFile(join(path, "run.json"), record.replace('"seed": 23', '"seed": 24'));
      await refuses("run.json is invalid (its contents changed", "resume", path);
    }));
});
