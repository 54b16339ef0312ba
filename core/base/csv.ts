/** Tables for other programs. */

/**
 * Lines of fields as CSV (RFC 4180); what is null or undefined is an empty field.
 *
 * @example
 * ```ts
 * import { csvOf } from "./csv.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(csvOf([["name", "psnr"], ['a "rose"', null]]), 'name,psnr\r\n"a ""rose""",\r\n');
 * ```
 */
export function csvOf(lines: readonly (readonly unknown[])[]): string {
  return lines.map((fields) => `${fields.map(csvField).join(",")}\r\n`).join("");
}

/** One field, in quotes where it could be taken for more or less than it is. */
export function csvField(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
