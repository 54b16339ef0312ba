import { closest, distance } from "fastest-levenshtein";

/**
 * The word that was probably meant, or undefined if none is near: at most a third of the letters
 * (and always one) may differ.
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
