/** What all commands share: how they read paths and parameters. */
import { isAbsolute, join } from "@std/path";
import { Command } from "@commander-js/extra-typings";
import { PairlabError } from "../base/errors.ts";
import { exists } from "../base/files.ts";
import { isPath } from "../experiment/plan.ts";

/** A command named as the user types it. */
export function command(name: string, description: string): Command<[], { debug?: true }> {
  return subcommand(`deno task ${name}`, description);
}

/** A command of commander, which knows the types of its options, and throws instead of leaving. */
export function subcommand(name: string, description: string): Command<[], { debug?: true }> {
  return new Command(name)
    .description(description)
    .option("--debug", "show the stack trace of an error")
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help shows the usage)")
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

/** A module as the user meant it: a path as typed, a name or URL as it is. */
export function modulePath(reference: string): string {
  return isPath(reference) ? userPath(reference) : reference;
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
