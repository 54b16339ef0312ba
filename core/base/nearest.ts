/** Near names, for messages about unknown ones. */
import { closest, distance } from "fastest-levenshtein";

/**
 * The word that was probably meant, or undefined: at most a third of its letters (and always one)
 * may differ.
 *
 * @example
 * ```ts
 * import { nearest } from "./nearest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nearest("lamda", ["lambda", "rate"]), "lambda");
 * assertEquals(nearest("colour", ["lambda", "rate"]), undefined);
 * ```
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(word, known);
  const allowed = Math.max(1, Math.floor(candidate.length / 3));
  return distance(word, candidate) <= allowed ? candidate : undefined;
}

/**
 * What to do about an unknown name: the end of a message.
 *
 * @param otherwise Said if no known name is near. @default all known names
 *
 * @example
 * ```ts
 * import { suggest } from "./nearest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(suggest("lamda", ["lambda", "rate"]), 'Did you mean "lambda"?');
 * assertEquals(suggest("colour", ["lambda", "rate"]), 'Use "lambda" or "rate".');
 * ```
 */
export function suggest(word: string, known: readonly string[], otherwise?: string): string {
  const near = nearest(word, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return otherwise ?? `Use ${oneOf(known)}.`;
}

/**
 * Words as a choice: `"a", "b" or "c"`.
 *
 * @example
 * ```ts
 * import { oneOf } from "./nearest.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(oneOf(["stop"]), '"stop"');
 * assertEquals(oneOf(["off", "on", "xla"]), '"off", "on" or "xla"');
 * ```
 */
export function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return [quoted.slice(0, -1).join(", "), ...quoted.slice(-1)].filter(Boolean).join(" or ");
}
