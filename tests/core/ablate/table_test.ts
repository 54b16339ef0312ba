import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { provenanceOf } from "../../../core/ablate/provenance.ts";
import { makeTable, type Table, type TableEntry } from "../../../core/ablate/table.ts";
import { toCsv } from "../../../core/ablate/table/csv.ts";
import { toLatex } from "../../../core/ablate/table/latex.ts";
import { explain } from "../../../core/ablate/table/figures.ts";
import { toMarkdown } from "../../../core/ablate/table/markdown.ts";
import { toText } from "../../../core/ablate/table/terminal.ts";
import { finishedCell, scoresOf } from "./cell_results.ts";
import { recordOf } from "./records.ts";

/** Six pictures, two seeds, two variants, one metric where more is better, one that should be 1. */
const PICTURES = { names: ["a", "b", "c", "d", "e", "f"] };
const identity = [
  scoresOf("psnr", [18, 18, 18, 18, 18, 18]),
  scoresOf("ratio", [0, 0, 0, 0, 0, 0], 1),
];
const cells = [
  finishedCell({ seed: 1 }, {
    ...PICTURES,
    identity,
    scores: [scoresOf("psnr", [20, 21, 22, 23, 24, 25]), scoresOf("ratio", [1, 1, 1, 1, 1, 1], 1)],
  }),
  finishedCell({ seed: 2 }, {
    ...PICTURES,
    identity,
    scores: [scoresOf("psnr", [21, 22, 23, 24, 25, 26]), scoresOf("ratio", [2, 2, 2, 2, 2, 2], 1)],
  }),
  finishedCell({ variant: "L1+cGAN", label: "L1 + cGAN", seed: 1 }, {
    ...PICTURES,
    identity,
    // Less than L1 by 1, 2, 3, 4, 5, 6 on average over the seeds.
    scores: [scoresOf("psnr", [20, 20, 20, 20, 20, 20]), scoresOf("ratio", [3, 3, 3, 3, 3, 3], 1)],
  }),
  finishedCell({ variant: "L1+cGAN", label: "L1 + cGAN", seed: 2 }, {
    ...PICTURES,
    identity,
    scores: [scoresOf("psnr", [19, 19, 19, 19, 19, 19]), scoresOf("ratio", [3, 3, 3, 3, 3, 3], 1)],
  }),
];
const variants = [{ name: "L1", label: "L1" }, { name: "L1+cGAN", label: "L1 + cGAN" }];
const parts = { variants, reference: "L1+cGAN", mode: "running", cells } as const;

function entry(table: Table, row: number, column: number): TableEntry {
  const found = table.rows[row]?.entries[column];
  if (found === null || found === undefined) throw new Error(`no entry ${row}, ${column}`);
  return found;
}

describe("a table", () => {
  const table = makeTable(parts);

  it("has a row for the inputs and one for each variant, and names their runs", () => {
    assertEquals(table.rows.map(({ name, kind }) => [name, kind]), [
      ["identity", "identity"],
      ["L1", "variant"],
      ["L1+cGAN", "variant"],
    ]);
    assertEquals(table.rows[1]?.runs, [
      { seed: 1, address: cells[0]!.address },
      { seed: 2, address: cells[1]!.address },
    ]);
    assertEquals(table.pictures, 6);
  });

  it("has the mean over pictures and seeds, and the sample deviation over seeds", () => {
    // Means of the seeds: 22.5 and 23.5; their deviation with n - 1 is the root of 0.5.
    assertEquals(entry(table, 1, 0).bySeed, [22.5, 23.5]);
    assertEquals(entry(table, 1, 0).mean, 23);
    assertAlmostEquals(entry(table, 1, 0).deviation ?? NaN, Math.SQRT1_2, 1e-12);
    assertEquals(entry(table, 0, 0).deviation, null);
  });

  it("marks the best variant of each column, but never the inputs", () => {
    const best = (column: number) => [0, 1, 2].map((row) => entry(table, row, column).best);
    assertEquals(best(0), [false, true, false]);
    // 1.5 is nearer to 1 than 3; the inputs' 0 does not count.
    assertEquals(best(1), [false, true, false]);
  });

  it("marks none whose tests do not support it: few pictures, no others, or only sets", () => {
    const few = parts.cells.map((cell) => ({
      ...cell,
      result: {
        ...cell.result,
        names: ["a", "b", "c"],
        scores: cell.result.scores.map(({ values, ...rest }) =>
          scoresOf(rest.name, values!.slice(0, 3), rest.better)
        ),
      },
    }));
    const marked = (cells: typeof few) =>
      makeTable({ ...parts, cells }).rows.flatMap(({ entries }) =>
        entries.map((entry) => entry?.best ?? false)
      );
    assertEquals(marked(few).includes(true), false);
    assertEquals(marked(parts.cells.slice(0, 2)).includes(true), false);
    const sets = parts.cells.map((cell) => ({
      ...cell,
      result: {
        ...cell.result,
        scores: cell.result.scores.map((scores) => ({ ...scores, values: null })),
      },
    }));
    assertEquals(marked(sets).includes(true), false);
  });

  it("leaves infinite and undefined values out of means, and says how many", () => {
    const psnr = (...values: number[]) => ({
      ...PICTURES,
      identity: [],
      scores: [scoresOf("psnr", values)],
    });
    const perfect = finishedCell({ seed: 1 }, psnr(Infinity, 21, 22, 23, 24, 25));
    const plain = finishedCell(
      { variant: "L1+cGAN", label: "L1 + cGAN", seed: 1 },
      psnr(20, 20, 20, 20, 20, 20),
    );
    const table = makeTable({ ...parts, cells: [perfect, plain] });
    assertEquals([entry(table, 0, 0).mean, entry(table, 0, 0).leftOut], [23, 1]);
    // Six differences of one sign, the infinite one the largest: 2 of the 64 sets of signs.
    assertEquals([entry(table, 0, 0).probability, entry(table, 0, 0).best], [2 / 64, true]);
    assertEquals(
      explain(table).at(-1),
      'Infinite or undefined, and left out: psnr of "L1" 1 of 6 values.',
    );
    const none = finishedCell({ seed: 1 }, psnr(NaN, NaN, NaN, NaN, NaN, NaN));
    assertEquals(makeTable({ ...parts, cells: [none, plain] }).rows[0]!.entries, [null]);
  });

  it("tests each row against the reference over the pictures, with Holm's correction", () => {
    // L1: six differences of one sign, 1 to 6: 2 of the 64 sets of signs.
    // The inputs: six equal differences. W = 0, mean 10.5, variance 22.75 - 210 / 48, z = -2.4495,
    // p = 0.014306, the lesser of two, so twice that; the greater of two stays as it is.
    assertAlmostEquals(entry(table, 0, 0).probability ?? NaN, 2 * 0.014306, 1e-6);
    assertEquals(entry(table, 1, 0).probability, 2 / 64);
    assertEquals(entry(table, 2, 0).probability, null);
  });

  it("tests nothing where the pictures are not the same", () => {
    const other = finishedCell({ seed: 3 }, { names: ["x", "y", "z", "d", "e", "f"] });
    const mixed = makeTable({ ...parts, cells: [...cells, other] });
    assertEquals(entry(mixed, 1, 0).probability, null);
  });

  it("leaves a row without figures whose cells are not finished", () => {
    const some = makeTable({ ...parts, cells: cells.slice(0, 2) });
    assertEquals(some.rows[2]?.entries, [null, null]);
    assertEquals(entry(some, 1, 0).probability, null);
  });
});

describe("a table on paper", () => {
  const table = makeTable(parts);
  const provenance = provenanceOf(recordOf({ name: "losses" }), cells);
  const context = { title: "Losses", provenance, strips: [] };

  it("is aligned as text, its digits those of the deviations", () => {
    const [head, , inputs, l1, cgan] = toText(table, { bold: false });
    assertEquals(head, "                psnr ↑          ratio → 1");
    assertEquals(inputs, "Input as it is  18.00        *  0.00        *");
    assertEquals(l1, "L1              23.00 ± 0.71 *  1.50 ± 0.71 *");
    assertEquals(cgan, "L1 + cGAN       19.50 ± 0.71    3.00 ± 0.00");
  });

  it("is a table of Markdown that escapes what it must", () => {
    const text = toMarkdown(table, context);
    assertStringIncludes(text, "| L1 | **23.00 ± 0.71** \\* | **1.50 ± 0.71** \\* |");
    assertStringIncludes(text, `seed 2 [${cells[1]!.address}](cells/${cells[1]!.address})`);
    assertStringIncludes(text, "sha256:data");
    assertStringIncludes(text, "cpu 4.22.0, 1 thread");
    assertStringIncludes(text, "Commit c0ffee");
    assertStringIncludes(text, 'mode "running" (no dropout, moving statistics of the training)');
  });

  it("says that nothing is tested where the reference is not among the rows", () => {
    const alone = makeTable({ ...parts, reference: "L2" });
    const [, about] = explain(alone);
    assertEquals(about, 'No difference is tested: the reference, "L2", is not in the table.');
  });

  it("names the limit among what was set", () => {
    const { parameters } = provenanceOf({ ...recordOf({ name: "losses" }), limit: 40 }, cells);
    assertEquals(parameters["limit"], "40");
  });

  it("is a table of LaTeX that names runs, commit, data and engine in comments", () => {
    const text = toLatex(table, context);
    assertStringIncludes(
      text,
      "L1 & $\\mathbf{23.00 \\pm 0.71}$\\rlap{$^{*}$} & $\\mathbf{1.50 \\pm 0.71}$\\rlap{$^{*}$} \\\\",
    );
    assertStringIncludes(text, `% L1: seed 1 ${cells[0]!.address}`);
    assertStringIncludes(text, "% Data sha256:data");
    // A name that LaTeX would trip over.
    const odd = makeTable({ ...parts, variants: [{ name: "L1", label: "50% & _a_" }] });
    assertStringIncludes(toLatex(odd, context), "50\\% \\& \\_a\\_ & $");
  });

  it("is a line of CSV for each figure, in full precision", () => {
    const lines = toCsv(table, provenance).split("\r\n");
    const [head, ...rows] = lines.filter((line) => line !== "").map((line) => line.split(","));
    const l1 = Object.fromEntries(rows[2]!.map((value, index) => [head![index], value]));
    assertEquals(l1["row"], "L1");
    assertEquals(l1["mean"], "23");
    assertEquals(l1["deviation"], String(Math.sqrt(0.5)));
    assertEquals(l1["probability"], "0.03125");
    assertEquals(l1["data"], "sha256:data");
    assertEquals(rows.length, 6);
  });
});

describe("where a table comes from", () => {
  it("warns of mixed data and of mixed engines", () => {
    const wasm = { name: "wasm", version: "4.22.0", threads: 1 };
    const mixed = [...cells, finishedCell({ seed: 9 }, { data: "sha256:other", engine: wasm })];
    const { warnings } = provenanceOf(recordOf(), mixed);
    assertEquals(warnings.length, 2);
    assertStringIncludes(warnings[0] ?? "", "different data (sha256:data; sha256:other)");
    assertStringIncludes(warnings[1] ?? "", "different engines");
    assertEquals(provenanceOf(recordOf(), cells).warnings, []);
  });

  it("warns of variants that trained on fewer pairs, since others were kept for validation", () => {
    const of = (variant: string, kept?: number) =>
      finishedCell({ variant }, kept === undefined ? {} : { kept });
    const cells = [of("plain", 0), of("early", 4), of("best", 4), of("from before")];
    assertEquals(provenanceOf(recordOf(), cells).warnings, [
      "the cells kept different numbers of training pairs for validation (0 by plain; 4 by best, early)",
    ]);
    assertEquals(provenanceOf(recordOf(), cells.slice(1)).warnings, []);
  });
});
