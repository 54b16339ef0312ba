import { STANDARD } from "../../../core/experiment/parameters.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import {
  cellAddress,
  type CellDefinition,
  files,
  writeAblationRecord,
  writeDefinition,
} from "../../../core/ablate/folder.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import { drawPage } from "../../../core/report/page.ts";
import { readReport } from "../../../core/report/report.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { flat, writeFakeRun } from "./fake_run.ts";

function cell(variant: string, label: string, seed: number): CellDefinition {
  const parameters = { ...STANDARD, epochs: 2 };
  return {
    variant,
    label,
    seed,
    scale: "quick",
    parameters,
    limit: null,
    data: "sha256:1",
    backend: "cpu",
    sources: "hash",
  };
}

const cells = [cell("gan", "GAN", 1), cell("l1", "<L1>", 2), cell("l1", "<L1>", 1)];

async function writeSweep(folder: string): Promise<void> {
  await Deno.mkdir(files.cells(folder), { recursive: true });
  await writeAblationRecord(folder, {
    format: 1,
    name: "losses",
    file: "losses.ts",
    scale: "quick",
    parameters: {},
    limit: null,
    backend: "cpu",
    threads: 1,
    sources: { source: "// the <matrix>", sha256: "hash", commit: null, modules: [] },
    launched: "2026-11-23T17:30:00.000Z",
  });
  for (const definition of cells) {
    await writeDefinition(folder, definition);
    await writeFakeRun(files.run(folder, cellAddress(definition)), {
      parameters: { seed: definition.seed },
    });
  }
}

async function writeTable(folder: string): Promise<void> {
  const entry = { deviation: 0.25, bySeed: [1, 2], best: true, probability: 0.004 };
  const row = { kind: "variant", runs: [{ seed: 1, address: "a" }] };
  const table = {
    title: "Losses",
    columns: [{ name: "psnr", unit: "dB", better: "higher" }],
    rows: [
      { ...row, name: "l1", label: "<L1>", entries: [{ ...entry, mean: 21.5 }] },
      { ...row, name: "gan", label: "GAN", entries: [null] },
    ],
    reference: { name: "gan", label: "GAN" },
    pictures: 20,
    mode: "paper",
    warnings: ["the cells were computed by different engines (a; b)"],
    commit: null,
    data: ["sha256:1"],
    engines: ["cpu 4.22.0, 1 thread"],
    // A place outside of the folder is not followed.
    strips: [{ file: "0.png", name: "rose", seed: 1 }, { file: "../../x.png", name: "x", seed: 1 }],
  };
  await Deno.writeTextFile(join(folder, "table.json"), JSON.stringify(table));
  await Deno.mkdir(files.strips(folder));
  await writePicture(join(files.strips(folder), "0.png"), flat([1, 2, 3]));
  await writePicture(join(folder, "..", "x.png"), flat([1, 2, 3]));
}

describe("a report on an ablation", () => {
  it("shows its table, its strips, and its runs in the table's order", async () => {
    await inTemporaryFolder(async (parent) => {
      const folder = join(parent, "sweep");
      await writeSweep(folder);
      await writeTable(folder);
      const report = await readReport([folder]);
      assertEquals(report.runs.map(({ label, look }) => [label, look.colour, look.dash]), [
        ["<L1>, seed 1", 0, 0],
        ["<L1>, seed 2", 0, 1],
        ["GAN, seed 1", 1, 0],
      ]);
      assertEquals(report.ablation?.strips.map(({ name }) => name), ["rose"]);
      assertEquals(report.warnings, ["the cells were computed by different engines (a; b)"]);
      const page = await drawPage(report);
      assertStringIncludes(page, "&lt;L1&gt;, seed 1");
      assertStringIncludes(page, "21.50<small> ± 0.25</small><sup>**</sup>");
      assertStringIncludes(page, `alt="Strip of rose"`);
      assertStringIncludes(page, "// the &lt;matrix&gt;");
    });
  });

  it("shows curves before any cell is finished", async () => {
    await inTemporaryFolder(async (parent) => {
      const folder = join(parent, "sweep");
      await writeSweep(folder);
      const page = await drawPage(await readReport([folder]));
      assertStringIncludes(page, "No cell is finished yet.");
      assertStringIncludes(page, `data-chart="0"`);
    });
  });

  it("is refused of one that was ended before its cells were written", async () => {
    await inTemporaryFolder(async (parent) => {
      const folder = join(parent, "sweep");
      await writeSweep(folder);
      await Deno.remove(files.cells(folder), { recursive: true });
      await assertRejects(() => readReport([folder]), PairlabError, "no cell has started");
    });
  });

  it("is not made beside other runs", async () => {
    await inTemporaryFolder(async (parent) => {
      const folder = join(parent, "sweep");
      await writeSweep(folder);
      await assertRejects(() => readReport([folder, folder]), PairlabError, "it is an ablation");
    });
  });
});
