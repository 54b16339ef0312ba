/** What all commands share: how they end, how they read paths and parameters. */
import { isAbsolute, join } from "@std/path";
import process from "node:process";
import { Command, CommanderError } from "commander";
import { messageOf, PairlabError } from "../base/errors.ts";
import { exists } from "../base/exists.ts";

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

/** A commander `Command` named as the user types it, which throws instead of leaving. */
export function command(name: string, description: string): Command {
  return new Command(`deno task ${name}`)
    .description(description)
    .option("--debug", "show where an error happened")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride();
}

/**
 * A path as the user meant it: relative to the folder in which the command was typed, which is not
 * the current one when `deno task` ran it.
 */
export function userPath(path: string): string {
  const typedIn = Deno.env.get("INIT_CWD");
  const elsewhere = typedIn !== undefined && typedIn !== Deno.cwd();
  return elsewhere && !isAbsolute(path) ? join(typedIn, path) : path;
}

/** A path as a shell takes it for one argument: quoted where it has to be. */
export function asArgument(path: string): string {
  return /^[\p{L}\p{N}_.\/\\:@%+=,-]+$/u.test(path) ? path : `"${path.replaceAll('"', '\\"')}"`;
}

/**
 * Parameters as the user meant them: a relative path that exists in the folder in which the command
 * was typed is taken from there; any other text stays as it is.
 */
export async function userValues(
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [key, text] of Object.entries(given)) {
    const path = userPath(text);
    values[key] = path !== text && text !== "" && await exists(path) ? path : text;
  }
  return values;
}

/**
 * Splits `--key=value` and `--flag` into parameters of an experiment; what commander knows is taken
 * out by it before.
 *
 * @throws {PairlabError} For anything that is not of this form.
 */
export function parseOverrides(unknown: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const argument of unknown) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) {
      throw new PairlabError(
        `Cannot understand "${argument}": parameters are given as --key=value, e.g. --epochs=5`,
      );
    }
    given[match[1]!] = match[2] ?? "";
  }
  return given;
}
