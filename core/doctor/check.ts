/** One check of `deno task doctor`. */
import { messageOf } from "../base/errors.ts";

/** Whether something works: `missing` can be installed, `problem` exists but fails. */
export type State = "ok" | "missing" | "problem";

/** One line of the doctor's report. */
export interface Check {
  readonly name: string;
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** What to do; undefined if all is well. */
  readonly remedy?: string;
}

/** Runs a check; what it throws becomes a problem with this remedy. */
export async function checked(
  name: string,
  remedy: string,
  run: () => Promise<string> | string,
): Promise<Check> {
  try {
    return { name, state: "ok", found: await run() };
  } catch (error) {
    return { name, state: "problem", found: messageOf(error), remedy };
  }
}

/** A check as lines for a terminal: mark, name, what was found; below it the remedy. */
export function format({ name, state, found, remedy }: Check): string {
  const lines = [`${state.padEnd(8)} ${name}: ${found}`];
  if (remedy !== undefined) lines.push(`fix: ${remedy}`);
  // Further lines are indented below the first.
  return lines.join("\n").split("\n").join(`\n${" ".repeat(9)}`);
}
