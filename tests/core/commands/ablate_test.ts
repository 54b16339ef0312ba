import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import { join, relative, sep } from "@std/path";
import { listCheckpoints } from "../../../core/runs/checkpoint.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type Ended, run, start, watch } from "./process.ts";

const MATRIX = fileURLToPath(new URL("../ablate/tiny_matrix.ts", import.meta.url));
const FAILING = fileURLToPath(new URL("../ablate/failing_matrix.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const OPTIONS = ["--backend=cpu", "--no-check"];

interface Row {
  readonly name: string;
  readonly runs: readonly { readonly seed: number; readonly address: string }[];
  readonly entries: readonly ({ readonly bySeed: readonly number[] } | null)[];
}

async function rowsOf(folder: string): Promise<Row[]> {
  return JSON.parse(await Deno.readTextFile(join(folder, "table.json"))).rows;
}

/** The figures of a table, to the last digit. */
async function figuresOf(folder: string): Promise<unknown> {
  return (await rowsOf(folder)).map(({ name, entries }) => [
    name,
    entries.map((entry) => entry?.bySeed),
  ]);
}

function assertEnded({ code, output }: Ended, expected: number): void {
  assertEquals(code, expected, output);
}

/** Waits until so many cells have a checkpoint. */
async function untilSaved(folder: string, count: number): Promise<void> {
  let saved = 0;
  while (saved < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    saved = 0;
    for (const run of await runsIn(join(folder, "cells"))) {
      const { whole } = await listCheckpoints(join(run, "checkpoints"));
      if (whole.length > 0) saved++;
    }
  }
}

async function runsIn(cells: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(cells));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => join(cells, name));
  } catch {
    return [];
  }
}

describe("deno task ablate", () => {
  it("trains every variant by every seed, writes its table in each form, and draws strips", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep");
      const first = await run("ablate", MATRIX, ...OPTIONS, `--run=${path}`, "--jobs=2");
      assertEnded(first, 0);
      assertStringIncludes(first.output, "L1, seed 1: begins");
      assertStringIncludes(first.output, "4 of 4 cells finished");
      assertStringIncludes(first.output, "Tiny losses");
      const rows = await rowsOf(path);
      assertEquals(rows.map(({ name }) => name), ["identity", "L1", "L1+cGAN"]);
      for (const name of ["table.md", "table.tex", "table.csv"]) {
        assertStringIncludes(await Deno.readTextFile(join(path, name)), "L1");
      }
      const strips = JSON.parse(await Deno.readTextFile(join(path, "strips", "strips.json")));
      const titles = strips.strips[0].columns.map(({ title }: { title: string }) => title);
      assertEquals(titles, ["Input", "L1", "L1+cGAN", "Ground truth"]);
      assert((await Deno.stat(join(path, "strips", "0.png"))).size > 0);
      // Each cell is a run like any other.
      const [cell] = rows[1]!.runs;
      const record = JSON.parse(
        await Deno.readTextFile(join(path, "cells", cell!.address, "run.json")),
      );
      assertEquals([record.parameters.seed, record.data.fingerprint], [cell!.seed, "plain"]);

      // The identity's error of the tiny data is 50 levels everywhere.
      assertEquals(Math.round(20 * Math.log10(255 / 50) * 1e4) / 1e4, 14.1514);
      assertMatch(await Deno.readTextFile(join(path, "table.md")), /\| Input as it is \| 14\.15/);

      const figures = await figuresOf(path);
      const again = await run("ablate", path);
      assertEnded(again, 0);
      assertStringIncludes(again.output, "4 cells, 4 of them finished");
      assertEquals(again.output.includes("begins"), false, again.output);
      assertEquals(await figuresOf(path), figures);
    }));

  it("says at once which cell failed and why, goes on with the others, and tries it again", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep");
      const { code, output } = await run("ablate", FAILING, ...OPTIONS, `--run=${path}`);
      assertEquals(code, 1, output);
      const words = "Cannot go on: this callback fails in step 3";
      assert(output.indexOf(words) < output.indexOf("L1, seed 1: begins"), output);
      assertStringIncludes(output, "fails, seed 2 failed; the end of ");
      assertStringIncludes(output, "2 of 4 cells failed");
      assertStringIncludes(output, `deno task ablate ${path}`);
      const rows = await rowsOf(path);
      assertEquals(rows.map(({ runs }) => runs.length), [0, 0, 2]);
      const again = await run("ablate", path, "--only=fails", "--seeds=1");
      assertEnded(again, 1);
      assertStringIncludes(again.output, words);
    }));

  it("stops at the first that fails with --fail-fast", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep");
      const options = [...OPTIONS, `--run=${path}`, "--fail-fast"];
      const { code, output } = await run("ablate", FAILING, ...options);
      assertEquals(code, 1, output);
      assertStringIncludes(output, "fails, seed 1 failed");
      assertEquals(output.includes("L1, seed 1: begins"), false, output);
    }));

  it("goes on after it was killed, and after Ctrl-C, to the figures of a sweep that was not", () =>
    inTemporaryFolder(async (folder) => {
      const whole = join(folder, "whole"), killed = join(folder, "killed");
      const launch = [MATRIX, ...OPTIONS, "--scale=long", "--only=L1"];
      assertEnded(await run("ablate", ...launch, `--run=${whole}`), 0);

      const often = "--checkpoint-every=2";
      const process = start("ablate", ...launch, `--run=${killed}`, often);
      watch(process);
      await untilSaved(killed, 1);
      // The command, the sweep and the cell are three processes; the cell notices their deaths.
      const owner = await Deno.readTextFile(join(killed, "lock"));
      const sweep = Number(/^(\d+) on /.exec(owner)?.[1]);
      // Whoever kills NaN kills the tests.
      assert(sweep > 1, owner);
      process.kill("SIGKILL");
      Deno.kill(sweep, "SIGKILL");
      await process.status;

      const second = start("ablate", killed, often, "--jobs=2", "--only=L1");
      const watched = watch(second);
      await untilSaved(killed, 2);
      second.kill("SIGINT");
      const output = await watched.toTheEnd();
      assertEquals((await second.status).code, 130, output);
      assertStringIncludes(output, "finish their step and save");
      assertStringIncludes(output, `deno task ablate ${killed}`);

      assertEnded(await run("ablate", killed, often, "--only=L1"), 0);
      assertEquals(await figuresOf(killed), await figuresOf(whole));
      const resumed: boolean[] = [];
      for (const { runs } of await rowsOf(killed)) {
        for (const { address } of runs) {
          const log = await Deno.readTextFile(join(killed, "cells", `${address}.log`));
          resumed.push(log.includes("Resuming"));
          const run = join(killed, "cells", address, "checkpoints");
          assertEquals((await listCheckpoints(run)).damaged, []);
        }
      }
      assert(resumed.includes(true), "no cell was half done when it was stopped");
    }));

  it("runs what was launched, whatever is edited during the sweep", () =>
    inTemporaryFolder(async (folder) => {
      const real = await Deno.realPath(folder);
      const way = relative(real, ROOT).split(sep).join("/");
      const matrix = join(real, "own.ts"), loss = join(real, "own_loss.ts");
      const text = (await Deno.readTextFile(MATRIX))
        .replaceAll("../../../", `${way}/`).replaceAll(
          "../train/tiny",
          `${way}/tests/core/train/tiny`,
        )
        .replace("plugins/losses/l1.ts", "own_loss.ts").replace(
          `"${way}/own_loss.ts"`,
          '"./own_loss.ts"',
        );
      await Deno.writeTextFile(matrix, text);
      await Deno.writeTextFile(loss, `export { l1 } from "${way}/plugins/losses/l1.ts";\n`);
      const path = join(real, "sweep"), reference = join(real, "reference");
      assertEnded(await run("ablate", matrix, ...OPTIONS, `--run=${reference}`), 0);

      const process = start("ablate", matrix, ...OPTIONS, `--run=${path}`);
      const watched = watch(process);
      await watched.printed("L1, seed 1: begins");
      await Deno.writeTextFile(loss, 'throw new Error("edited");\n');
      await Deno.writeTextFile(matrix, "export default 23;\n");
      const output = await watched.toTheEnd();
      assertEquals((await process.status).code, 0, output);
      assertEquals(await figuresOf(path), await figuresOf(reference));

      // So does a sweep that goes on; a new launch does not.
      assertEnded(await run("ablate", path, "--seeds=3"), 0);
      const launched = await run("ablate", matrix, ...OPTIONS, `--run=${join(real, "new")}`);
      assertEnded(launched, 1);
      assertStringIncludes(launched.output, "its default export is something else");

      // What lies in the sweep's own folder must not be edited.
      const [copy] = await Array.fromAsync(findFiles(join(path, "sources"), "own_loss.ts"));
      await Deno.writeTextFile(copy!, "// edited\n", { append: true });
      const edited = await run("ablate", path);
      assertEnded(edited, 1);
      assertStringIncludes(edited.output, "the sources in it were changed after the launch");
    }));

  it("lists the cells and measures a few steps with --dry-run, and leaves nothing behind", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep");
      const { code, output } = await run(
        "ablate",
        MATRIX,
        ...OPTIONS,
        `--run=${path}`,
        "--dry-run",
      );
      assertEquals(code, 0, output);
      assertMatch(output, /[0-9a-f]{16} {2}L1\+cGAN, seed 2: 8 steps, new/);
      assertMatch(output, /4 cells, 4 to do: about .* with --jobs=1, .* of disk, .* of memory/);
      assertStringIncludes(output, 'as measured on some steps of "L1+cGAN"');
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
    }));

  it("says what would work instead of what does not", () =>
    inTemporaryFolder(async (folder) => {
      const path = `--run=${join(folder, "sweep")}`;
      const cases: readonly (readonly [readonly string[], string])[] = [
        [["lossses"], '"losses" would work'],
        [[join(folder, "no.ts")], "there is no such file"],
        [[MATRIX, ...OPTIONS, path, "--scale=huge"], 'the matrix has "quick", "long"'],
        [[MATRIX, ...OPTIONS, path, "--only=L2"], '"L1" would work'],
        [[MATRIX, ...OPTIONS, path, "--lamda=3"], '"lambda" would work'],
        [[MATRIX, ...OPTIONS, path, "--seed=3"], "--seeds=1,2,3 would work"],
        [[MATRIX, ...OPTIONS, path, "--seeds=x"], "Whole numbers"],
      ];
      for (const [args, words] of cases) {
        const { code, output } = await run("ablate", ...args);
        assertEquals(code, 1, output);
        assertStringIncludes(output, words);
      }
      // Nothing of all this is left to be in the way.
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
      assertEnded(await run("ablate", MATRIX, ...OPTIONS, path, "--only=L1", "--seeds=1"), 0);
      const fixed = await run("ablate", join(folder, "sweep"), "--scale=long");
      assertStringIncludes(fixed.output, "it was fixed at the launch");
    }));
});

async function* findFiles(folder: string, name: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isSymlink) continue;
    if (entry.isDirectory) yield* findFiles(path, name);
    else if (entry.name === name) yield path;
  }
}
