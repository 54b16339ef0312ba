/** What a sweep will take, from what was measured. */
import { join } from "@std/path";
import { z } from "zod";
import { PairlabError } from "../base/errors.ts";
import { runArguments } from "./cell_process.ts";
import type { Cell } from "./cells.ts";
import { type CellProgress, timeLeft } from "./progress.ts";
import { ROOT } from "../base/module_graph.ts";

/** Where a trial says what it took, in its folder. */
export const TRIAL_FILE = "trial.json";

const Trial = z.object({
  secondsPerStep: z.number(),
  secondsBesides: z.number(),
  memory: z.number(),
  disk: z.number(),
});

/** What a cell takes: measured on one that is finished, or on some steps of one. */
export type Trial = z.infer<typeof Trial>;

/** What the rest of a sweep will take. */
export interface Estimate {
  readonly seconds: number;
  /** Of the cells that are not finished, bytes. */
  readonly disk: number;
  /** What it was measured on, in words. */
  readonly measuredOn: string;
}

/**
 * Estimates what is still to be done, from the finished cells if there are any, or else from a trial.
 *
 * @param trial A trial, for when nothing is finished, and what it was of.
 */
export function estimate(
  cells: readonly CellProgress[],
  { jobs, trial }: {
    readonly jobs: number;
    readonly trial?: (Trial & { readonly of: string }) | undefined;
  },
): Estimate {
  const finished = cells.flatMap(({ result }) => result === undefined ? [] : [result]);
  const open = cells.length - finished.length;
  if (finished.length > 0) {
    const disk = finished.reduce((sum, result) => sum + result.disk, 0) / finished.length;
    return {
      seconds: timeLeft(cells, { jobs }) ?? 0,
      disk: disk * open,
      measuredOn: finished.length === 1 ? "1 finished cell" : `${finished.length} finished cells`,
    };
  }
  if (trial === undefined) throw new RangeError("Cannot estimate a sweep without a trial");
  const { secondsPerStep, secondsBesides } = trial;
  const assumed = cells.map((progress) => ({ ...progress, secondsPerStep }));
  return {
    seconds: timeLeft(assumed, { jobs, besides: secondsBesides }) ?? 0,
    disk: trial.disk * open,
    measuredOn: `some steps of "${trial.of}", which has the most parameters`,
  };
}

/**
 * What a cell at work holds at the most, bytes: as measured on finished cells of its variant, or else
 * on a trial, or else as its networks let expect. 0 if none is to be done.
 */
export function neededMemory(cells: readonly CellProgress[], trial?: Trial): number {
  const measured = new Map<string, number>();
  for (const { cell: { definition: { variant } }, result } of cells) {
    if (result !== undefined) {
      measured.set(variant, Math.max(measured.get(variant) ?? 0, result.memory));
    }
  }
  const open = cells.filter(({ result }) => result === undefined);
  return Math.max(
    0,
    ...open.map(({ cell }) =>
      measured.get(cell.definition.variant) ?? trial?.memory ?? cell.memory
    ),
  );
}

/** The cell of which a trial tells the most: the one with the most parameters. */
export function costliest(cells: readonly Cell[]): Cell {
  return cells.reduce((most, cell) => cell.parameters > most.parameters ? cell : most);
}

/**
 * Trains some steps of a cell in a process of its own, and throws them away.
 *
 * @throws {PairlabError} If they fail, with what was said.
 */
export async function tryCell(folder: string, { address, definition }: Cell): Promise<Trial> {
  const into = await Deno.makeTempDir({ prefix: "pairlab-trial-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...runArguments(ROOT, join("core", "ablate", "trial.ts")), folder, address, into],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const { success, stderr } = await child.output();
    if (!success) {
      const words = new TextDecoder().decode(stderr).trim();
      throw new PairlabError(`Cannot try the variant "${definition.variant}": ${words}`);
    }
    return Trial.parse(JSON.parse(await Deno.readTextFile(join(into, TRIAL_FILE))));
  } finally {
    await Deno.remove(into, { recursive: true });
  }
}
