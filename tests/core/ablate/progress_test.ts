import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { boardLines, summary } from "../../../core/ablate/board.ts";
import type { Cell } from "../../../core/ablate/cells.ts";
import { costliest, estimate, neededMemory } from "../../../core/ablate/estimate.ts";
import { fitJobs } from "../../../core/ablate/memory.ts";
import { type CellProgress, readProgress, timeLeft } from "../../../core/ablate/progress.ts";
import { initialProgress } from "../../../core/ablate/sweep.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { finishedCell } from "./cell_results.ts";

function cellOf(variant: string, seed: number, steps = 100): Cell {
  const { address, definition } = finishedCell({ variant, label: variant, seed });
  const sizes = { memory: 1e9, parameters: 1000 };
  return { address, definition, state: "new", saved: 0, steps, ...sizes };
}

const { result } = finishedCell({}, { secondsPerStep: 0.5, secondsBesides: 2 });
const cells: CellProgress[] = [
  { cell: cellOf("L1", 1), activity: "finished", step: 100, result },
  { cell: cellOf("L1", 2), activity: "running", step: 40 },
  { cell: cellOf("cGAN", 1), activity: "running", step: 10, secondsPerStep: 1 },
  { cell: cellOf("cGAN", 2), activity: "waiting", step: 0 },
];

describe("where a cell stands before a sweep", () => {
  it("is its newest checkpoint: what was trained after it is trained again", () =>
    inTemporaryFolder(async (folder) => {
      const cell: Cell = { ...cellOf("L1", 1), state: "begun", saved: 2 };
      const run = join(folder, "cells", cell.address);
      await Deno.mkdir(run, { recursive: true });
      const lines = [1, 2, 3, 4, 5].map((step) =>
        JSON.stringify({ kind: "step", epoch: 1, step, losses: {}, milliseconds: 100, pairs: [] })
      );
      await Deno.writeTextFile(join(run, "metrics.jsonl"), `${lines.join("\n")}\n`);
      const { activity, step, secondsPerStep } = await initialProgress(folder, cell);
      assertEquals([activity, step, secondsPerStep], ["waiting", 2, 0.1]);
    }));
});

describe("the time left", () => {
  it("adds up the steps at each variant's pace, and what a cell takes besides", () => {
    // L1: 60 x 0.5 + 2; cGAN: 90 x 1 + 2 and 100 x 1 + 2.
    assertEquals(timeLeft(cells, { jobs: 1 }), 32 + 92 + 102);
    assertEquals(timeLeft(cells, { jobs: 2 }), 113);
  });

  it("is at least that of the longest cell", () => {
    assertEquals(timeLeft(cells, { jobs: 8 }), 102);
  });

  it("takes the average pace for a variant that has none yet", () => {
    const unknown: CellProgress = { cell: cellOf("GAN", 1), activity: "waiting", step: 0 };
    // The mean of 0.5 and 1.
    assertEquals(timeLeft([cells[0]!, cells[2]!, unknown], { jobs: 1 }), 92 + 75 + 2);
  });

  it("is unknown before the first step", () => {
    assertEquals(timeLeft([cells[3]!], { jobs: 1 }), undefined);
  });
});

describe("an estimate", () => {
  it("rests on finished cells where there are any", () => {
    const { seconds, disk, measuredOn } = estimate(cells, { jobs: 2 });
    assertEquals([seconds, disk, measuredOn], [113, 3e6, "1 finished cell"]);
  });

  it("rests on a trial otherwise, for all cells alike", () => {
    const open = [cells[3]!, { ...cells[3]!, cell: cellOf("L1", 1) }];
    const trial = { of: "cGAN", secondsPerStep: 0.1, secondsBesides: 5, memory: 1e9, disk: 7 };
    const { seconds, disk, measuredOn } = estimate(open, { jobs: 1, trial });
    assertEquals([seconds, disk], [2 * (10 + 5), 14]);
    assertStringIncludes(measuredOn, 'some steps of "cGAN"');
  });

  it("knows memory from finished cells, from a trial, or from the networks", () => {
    const measured = { ...cells[0]!, result: { ...result, memory: 4e9 } };
    const trial = { secondsPerStep: 1, secondsBesides: 1, memory: 2e9, disk: 1 };
    // L1 is measured, cGAN is not: 1e9 as its networks let expect, 2e9 by a trial.
    assertEquals(neededMemory([measured, cells[1]!, cells[2]!]), 4e9);
    assertEquals(neededMemory([measured, cells[2]!]), 1e9);
    assertEquals(neededMemory([measured, cells[2]!], trial), 2e9);
    assertEquals(neededMemory([measured]), 0);
  });

  it("tries the cell with the most parameters", () => {
    const large = { ...cellOf("cGAN", 1), parameters: 5000 };
    assertEquals(costliest([cellOf("L1", 1), large, cellOf("L1", 2)]), large);
  });
});

describe("cells at once", () => {
  it("are as many as were asked for, if memory allows", () => {
    assertEquals(fitJobs(3, { needed: 2e9, free: 10e9 }), { jobs: 3 });
  });

  it("are fewer otherwise, with the reason", () => {
    const { jobs, reason } = fitJobs(8, { needed: 2e9, free: 10e9 });
    assertEquals(jobs, 4);
    assertEquals(reason, "8 cells at once need about 16.0 GB of memory, 10.0 GB are free");
    assertEquals(fitJobs(1, { needed: 2e9, free: 1e9 }).jobs, 0);
  });
});

describe("the board", () => {
  it("has a row for each variant, a column for each seed, and the time left", () => {
    assertEquals(boardLines(cells, { jobs: 2, rows: 24 }), [
      "      seed 1    seed 2",
      "L1    finished  40 %",
      "cGAN  10 %      waiting",
      "1 of 4 cells finished, 1 min 53 s left",
    ]);
  });

  it("fits into a low terminal", () => {
    const lines = boardLines(cells, { jobs: 2, rows: 3 });
    assertEquals(lines, ["      seed 1    seed 2", "1 of 4 cells finished, 1 min 53 s left"]);
  });

  it("counts the failed", () => {
    const failed = cells.map((progress) => ({ ...progress, activity: "failed" as const }));
    assertEquals(summary(failed, 1), "0 of 4 cells finished, 4 failed");
  });
});

describe("the progress of a run", () => {
  it("is read from the end of its log, whatever line is torn", () =>
    inTemporaryFolder(async (folder) => {
      assertEquals(await readProgress(folder), { step: 0 });
      const line = (step: number): string =>
        `${
          JSON.stringify({
            kind: "step",
            step,
            milliseconds: step === 100 ? 900 : 20,
            x: "y".repeat(200),
          })
        }\n`;
      const text = Array.from({ length: 100 }, (_, index) => line(index + 1)).join("");
      await Deno.writeTextFile(join(folder, "metrics.jsonl"), `${text}{"kind":"st`);
      assertEquals(await readProgress(folder), { step: 100, secondsPerStep: 0.02 });
    }));
});
