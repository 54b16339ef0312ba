/** How a program ends, and what it reports. */
import { CommanderError } from "commander";
import { messageOf, PairlabError } from "./errors.ts";
import { lostOutput, sayError } from "./terminal.ts";

/**
 * Runs a command to its end and leaves the process: status 0 on success, 1 with one clear message on
 * standard error otherwise. The stack trace is shown with `--debug`, and for defects.
 *
 * A reader of standard output that goes away (`| head`) is no failure; a full disk is.
 */
export async function runCommand(body: () => Promise<void>): Promise<never> {
  let status = 0;
  try {
    await body();
    reportLostOutput();
  } catch (error) {
    status = error instanceof CommanderError ? error.exitCode : 1;
    if (!(error instanceof CommanderError)) report(error);
  }
  // Native libraries keep threads of their own: leave without waiting for them.
  Deno.exit(status);
}

function reportLostOutput(): void {
  const error = lostOutput();
  if (error === undefined || ["EPIPE", "EIO"].includes(codeOf(error) ?? "")) return;
  throw new PairlabError(
    `Cannot print everything: ${messageOf(error)}. The work itself is done.`,
    { cause: error },
  );
}

function report(error: unknown): void {
  const stack = stackOf(error);
  const words = error instanceof PairlabError ? error.message : refusalOf(error);
  if (Deno.args.includes("--debug")) sayError(stack);
  else if (words !== undefined) sayError(words);
  else {
    sayError(
      `${messageOf(error)}\nThis was not foreseen; --debug shows where it happened:\n${stack}`,
    );
  }
}

/** The stack of an error, and of what caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(cause)}`;
}

/** What to do where the machine refuses, by the code of its error. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on the disk.",
  EDQUOT: "Use a folder on another disk, or ask for a larger quota.",
  EROFS: "Use a folder that you may write to.",
  EACCES: "Use a file or folder that you may read and write.",
  EPERM: "Use a file or folder that you may read and write.",
  EEXIST: "Use another name.",
  EISDIR: "Use a file in its place.",
  ENOTDIR: "Use a folder in its place.",
  EMFILE: "Raise the limit of open files (ulimit -n).",
};

/** The message for an error of the machine, not of Pairlab; undefined for any other. */
function refusalOf(error: unknown): string | undefined {
  // As into /dev and /proc; Deno's own words advise a flag that a task is not given.
  const kept = error instanceof Deno.errors.NotCapable
    ? /^Requires all access to (".*")/.exec(error.message)?.[1]
    : undefined;
  if (kept !== undefined) {
    return `Cannot continue: Deno gives no task access to ${kept}. Use another place.`;
  }
  const remedy = REMEDIES[codeOf(error) ?? ""];
  return remedy === undefined ? undefined : `Cannot continue: ${messageOf(error)}. ${remedy}`;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}
