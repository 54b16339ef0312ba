/** What `deno task doctor` finds out about one thing. */
import { messageOf } from "../base/errors.ts";

/** Whether something works: `missing` can be had, `problem` is there but does not work. */
export type State = "ok" | "missing" | "problem";

/** One line of the doctor's report. */
export interface Check {
  readonly name: string;
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** What to do; missing if all is well. */
  readonly remedy?: string;
}

/** Runs a check; whatever it throws becomes a problem, with the remedy. */
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
  if (remedy !== undefined) lines.push(`to mend: ${remedy}`);
  // What follows the first line, of a message of several too, stands below its beginning.
  return lines.join("\n").split("\n").join(`\n${" ".repeat(9)}`);
}
