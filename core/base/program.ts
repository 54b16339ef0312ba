/** How a program ends, and what it reports. */
import process from "node:process";
import { CommanderError } from "commander";
import { messageOf, PairlabError } from "./errors.ts";

/**
 * Runs a command to its end and leaves the process: status 0 if all went well, 1 with one clear
 * message on standard error if not. The stack trace is shown with `--debug`, and for defects.
 */
export async function runCommand(body: () => Promise<void>): Promise<never> {
  let status = 0;
  try {
    await body();
  } catch (error) {
    status = error instanceof CommanderError ? error.exitCode : 1;
    if (!(error instanceof CommanderError)) report(error);
  }
  // Native libraries keep threads of their own: leave without waiting for them.
  Deno.exit(status);
}

function report(error: unknown): void {
  const debug = Deno.args.includes("--debug");
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  const words = error instanceof PairlabError ? error.message : refusalOf(error);
  if (words !== undefined && !debug) process.stderr.write(`${words}\n`);
  else if (debug) process.stderr.write(`${stack}\n`);
  else {
    process.stderr.write(
      `${messageOf(error)}\nThis was not foreseen; --debug shows where it happened:\n${stack}\n`,
    );
  }
}

/** What would work where the machine refuses, by the code of its error. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "free space on the disk would work",
  EDQUOT: "a larger quota, or a folder on another disk, would work",
  EROFS: "a folder that can be written would work",
  EACCES: "a file or folder that you may read and write would work",
  EPERM: "a file or folder that you may read and write would work",
  EEXIST: "another name would work",
  EISDIR: "a file in its place would work",
  ENOTDIR: "a folder in its place would work",
  EMFILE: "a higher limit of open files (ulimit -n) would work",
};

/** The message for an error of the machine, not of Pairlab; undefined for any other. */
function refusalOf(error: unknown): string | undefined {
  // As into /dev and /proc; Deno's own words advise a flag that a task is not given.
  const kept = error instanceof Deno.errors.NotCapable
    ? /^Requires all access to (".*")/.exec(error.message)?.[1]
    : undefined;
  if (kept !== undefined) {
    return `Cannot go on: Deno lets no task into ${kept}, another place would work`;
  }
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  const remedy = typeof code === "string" ? REMEDIES[code] : undefined;
  return remedy === undefined ? undefined : `Cannot go on: ${messageOf(error)}, ${remedy}`;
}
