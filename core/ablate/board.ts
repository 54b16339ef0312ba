/** The live table of a sweep on a terminal; elsewhere, plain lines. */
import process from "node:process";
import { formatDuration, isTerminal, say } from "../base/terminal.ts";
import { type CellProgress, timeLeft } from "./progress.ts";

/** The display of a sweep. */
export interface Board {
  /** Shows the progress of the cells. */
  update(cells: readonly CellProgress[]): void;
  /** Prints a line above the table. */
  say(line: string): void;
  /** Leaves the table as it is. */
  stop(): void;
}

/** Opens the board of a sweep with some jobs at once. */
export function openBoard(jobs: number): Board {
  if (!isTerminal()) return { update: () => {}, say, stop: () => {} };
  let drawn: readonly string[] = [];
  const clear = (): void => {
    if (drawn.length > 0) process.stdout.write(`\x1b[${drawn.length}A\x1b[0J`);
  };
  const draw = (): void => {
    const { columns } = Deno.consoleSize();
    for (const line of drawn) process.stdout.write(`${[...line].slice(0, columns - 1).join("")}\n`);
  };
  return {
    update: (cells) => {
      clear();
      drawn = boardLines(cells, { jobs, rows: Deno.consoleSize().rows });
      draw();
    },
    say: (line) => {
      clear();
      say(line);
      draw();
    },
    stop: () => {
      drawn = [];
    },
  };
}

/** The board as lines: a row for each variant, a column for each seed, and the time left. */
export function boardLines(
  cells: readonly CellProgress[],
  { jobs, rows: height }: { readonly jobs: number; readonly rows: number },
): string[] {
  const seeds = [...new Set(cells.map(({ cell }) => cell.definition.seed))];
  const variants = Map.groupBy(cells, ({ cell }) => cell.definition.variant);
  const rows = [...variants.values()].map((own) => [
    own[0]?.cell.definition.label ?? "",
    ...seeds.map((seed) => {
      const found = own.find(({ cell }) => cell.definition.seed === seed);
      return found === undefined ? "" : describeCell(found);
    }),
  ]);
  const all = [["", ...seeds.map((seed) => `seed ${seed}`)], ...rows];
  const widths = seeds.concat(0).map((_, column) =>
    Math.max(...all.map((cells) => [...cells[column] ?? ""].length))
  );
  const lines = all.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  // Lines that do not fit the terminal cannot be redrawn.
  return [...lines.slice(0, Math.max(height - 2, 0)), summary(cells, jobs)];
}

function describeCell({ activity, step, cell }: CellProgress): string {
  const share = `${Math.floor(100 * step / cell.steps)} %`;
  if (activity === "running") return step >= cell.steps ? "measuring" : share;
  if (activity === "waiting" && step > 0) return `waiting at ${share}`;
  return activity === "stopped" ? `saved at ${share}` : activity;
}

/** `7 of 15 cells finished, 1 failed, 3 min 20 s left`. */
export function summary(cells: readonly CellProgress[], jobs: number): string {
  const count = (activity: CellProgress["activity"]): number =>
    cells.filter((progress) => progress.activity === activity).length;
  const failed = count("failed");
  const left = timeLeft(cells, { jobs });
  const open = count("waiting") + count("running") > 0;
  return [
    `${count("finished")} of ${cells.length} cells finished`,
    ...failed > 0 ? [`${failed} failed`] : [],
    ...open && left !== undefined ? [`${formatDuration(left)} left`] : [],
  ].join(", ");
}
