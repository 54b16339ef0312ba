import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exists } from "../../../core/base/files.ts";
import { join } from "@std/path";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
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

  it("may run several times at once: each cell is trained by one process, and all tables are whole", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep");
      const launch = [MATRIX, ...OPTIONS, `--run=${path}`];
      const both = await Promise.all([run("ablate", ...launch), run("ablate", ...launch)]);
      for (const one of both) {
        assertEnded(one, 0);
        assertStringIncludes(one.output, "Mean over 2 test pictures and the seeds 1, 2");
      }
      assertMatch(both.map(({ output }) => output).join(), /: on .*, process \d+ \(/);
      for await (const { name } of Deno.readDir(join(path, "cells"))) {
        assertEquals(name.endsWith(".lease"), false, name);
        if (!name.endsWith(".log")) continue;
        const log = await Deno.readTextFile(join(path, "cells", name));
        assertEquals(log.match(/^Run folder:/gm)?.length, 1, log);
      }
      await Deno.remove(join(path, "table.md"));
      const table = await run("ablate", path, "--table", "--seeds=1");
      assertEnded(table, 0);
      assertStringIncludes(await Deno.readTextFile(join(path, "table.md")), "L1+cGAN");
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
      // The cell notices the death of the process that started it.
      process.kill("SIGKILL");
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

  it("stops before the next cell when its sources change, and continues with --allow-changes", () =>
    inTemporaryFolder(async (folder) => {
      // A place whose name has to be escaped in imports, and absolute imports.
      const place = join(await Deno.realPath(folder), "50% #1?");
      await Deno.mkdir(place);
      const matrix = join(place, "own.ts"), loss = join(place, "own_loss.ts");
      const text = (await Deno.readTextFile(MATRIX))
        .replaceAll("../../../plugins/losses/l1.ts", "./own_loss.ts")
        .replaceAll("../../../", ROOT)
        .replaceAll("../train/tiny", `${ROOT}tests/core/train/tiny`);
      const own = `export { l1 } from "${ROOT}plugins/losses/l1.ts";\n`;
      await Deno.writeTextFile(matrix, text);
      await Deno.writeTextFile(loss, own);
      const path = join(place, "sweep");
      const process = start("ablate", matrix, ...OPTIONS, `--run=${path}`);
      const watched = watch(process);
      await watched.printed("L1, seed 1: begins");
      await watched.printed("L1, seed 2: begins");
      await Deno.writeTextFile(loss, `${own}// edited\n`);
      const output = await watched.toTheEnd();
      assertEquals((await process.status).code, 1, output);
      assertMatch(output, /own_loss\.ts" changed since it was launched/);
      assertEquals(output.match(/ failed; the end of/g)?.length, 1, output);
      assertStringIncludes(output, `deno task ablate '${path}'`);

      const rejected = await run("ablate", path);
      assertEnded(rejected, 1);
      assertMatch(rejected.output, /own_loss\.ts" changed.*--allow-changes/);
      const elsewhere = await run("ablate", matrix, ...OPTIONS, `--run=${path}`);
      assertEnded(elsewhere, 1);
      assertMatch(elsewhere.output, /launched with other sources \(".*own_loss\.ts"\)/);

      const allowed = await run("ablate", path, "--allow-changes");
      assertEnded(allowed, 0);
      assertMatch(allowed.output, /Warning: sources changed during the sweep \(.*own_loss\.ts\)/);
      assertEnded(await run("ablate", path), 0);

      // A variant's run can be resumed by itself.
      const [, l1] = await rowsOf(path);
      const cell = join(path, "cells", l1!.runs[1]!.address);
      const resumed = await run("resume", cell, "--epochs=3");
      assertEnded(resumed, 0);
      assertStringIncludes(resumed.output, "after epoch 3");
    }));

  it("runs no matrix of a folder that comes from elsewhere, unless it is trusted", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "sweep"), mark = join(folder, "executed");
      assertEnded(
        await run("ablate", MATRIX, ...OPTIONS, `--run=${path}`, "--only=L1", "--seeds=1"),
        0,
      );
      const matrix = join(path, "matrix.ts"), record = join(path, "ablation.json");
      const said = JSON.parse(await Deno.readTextFile(record));
      await Deno.writeTextFile(
        matrix,
        `Deno.writeTextFileSync(${JSON.stringify(mark)}, "");\nexport default 1;\n`,
      );
      for (const file of [matrix, pathToFileURL(matrix).href]) {
        await Deno.writeTextFile(record, JSON.stringify({ ...said, file }));
        const { code, output } = await run("ablate", path);
        assertEquals(code, 1, output);
        assertEquals(await exists(mark), false, output);
      }
      await Deno.writeTextFile(record, JSON.stringify({ ...said, file: matrix }));
      const shown = await run("ablate", path);
      assertMatch(shown.output, /comes with that folder.*SHA-256 [0-9a-f]{64}.*pass --trust/);
      const trusted = await run("ablate", path, "--trust", "--allow-changes");
      assertStringIncludes(trusted.output, "its default export is something else");
      assertEquals(await exists(mark), true);
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
      assertStringIncludes(output, 'measured on some steps of "L1+cGAN"');
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
    }));

  it("says what would work instead of what does not", () =>
    inTemporaryFolder(async (folder) => {
      const path = `--run=${join(folder, "sweep")}`;
      const cases: readonly (readonly [readonly string[], string])[] = [
        [["lossses"], 'Did you mean "losses"'],
        [[join(folder, "no.ts")], "the file does not exist"],
        [[MATRIX, ...OPTIONS, path, "--scale=huge"], 'the matrix has "quick", "long"'],
        [[MATRIX, ...OPTIONS, path, "--only=L2"], 'Did you mean "L1"'],
        [[MATRIX, ...OPTIONS, path, "--lamda=3"], 'Did you mean "lambda"'],
        [[MATRIX, ...OPTIONS, path, "--seed=3"], "Use --seeds=1,2,3"],
        [[MATRIX, ...OPTIONS, path, "--seeds=x"], "Use whole numbers"],
        [[MATRIX, ...OPTIONS, path, "--launcher=slur"], 'Did you mean "slurm"'],
        [[MATRIX, ...OPTIONS, path, "--launcher=slurm:partion=x"], 'Did you mean "partition"'],
        [[MATRIX, ...OPTIONS, path, "--launcher=slurm:time=1"], "120 s before"],
        [[MATRIX, ...OPTIONS, path, `--launcher=${MATRIX}`], "is not a launcher"],
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
