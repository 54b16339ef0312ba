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
  return lines.map((fields) => `${fields.map(toField).join(",")}\r\n`).join("");
}

function toField(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
