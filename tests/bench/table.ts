/** Tables for people: columns aligned with spaces. */

/**
 * Lines of a table; the first column begins at the left, the others, of numbers, end at the right.
 *
 * @param rows As many cells each as there are headings.
 *
 * @example
 * ```ts
 * import { formatTable } from "./table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatTable(["size", "ms"], [["256", "7.1"], ["1024", "110.0"]]), [
 *   "size     ms",
 *   "256     7.1",
 *   "1024  110.0",
 * ]);
 * ```
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0))
  );
  return lines.map((cells) =>
    widths.map((width, column) => {
      const cell = cells[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
}
