/** Figures in JSON files: JSON has neither infinity nor NaN, there they are texts. */
import { z } from "zod";

/** A number of a file that {@link figuresJson} has made. */
export const Figure = z.union([
  z.number(),
  z.enum(["Infinity", "-Infinity", "NaN"]).transform(Number),
]);

/** Which values of a metric are better, see `Better` in `plugin.ts`. */
export const Better = z.union([z.enum(["higher", "lower"]), z.number()]);

/**
 * A value as JSON for people and programs, indented, with a line's end.
 *
 * @example
 * ```ts
 * import { Figure, figuresJson } from "./json.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = figuresJson(-Infinity);
 * assertEquals(text, '"-Infinity"\n');
 * assertEquals(Figure.parse(JSON.parse(text)), -Infinity);
 * ```
 */
export function figuresJson(value: unknown): string {
  const replace = (_: string, part: unknown): unknown =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
  return `${JSON.stringify(value, replace, 2)}\n`;
}
