/** Paths in commands that are printed to be copied. */

/**
 * A text as the shell takes it for one argument: quoted where needed, so that nothing in it is run.
 *
 * @param os The operating system, whose shell it is. @default the one at work
 *
 * @example
 * ```ts
 * import { asArgument } from "./shell_argument.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(asArgument("runs/a $(date) it's", "linux"), `'runs/a $(date) it'\\''s'`);
 * assertEquals(asArgument("C:\\my runs", "windows"), `"C:\\my runs"`);
 * ```
 */
export function asArgument(text: string, os: typeof Deno.build.os = Deno.build.os): string {
  if (/^[\p{L}\p{N}_.\/\\:@+=,-]+$/u.test(text) && (os === "windows" || !text.includes("\\"))) {
    return text;
  }
  // File names on Windows have no double quotes.
  return os === "windows" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
