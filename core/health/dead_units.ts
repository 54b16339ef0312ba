/** Which units are dead: those that nothing moves any more. */
import type { LayerStatistics } from "../interfaces/callbacks.ts";

/** Measurements in a row in which a unit must be silent to be dead: some sleep for a thousand steps. */
const SILENT = 8;

/**
 * By layer, a digit for each unit: in how many measurements in a row, the last one among them, it was
 * silent, 8 at the most. A text, so that a checkpoint holds thousands of units in little space.
 */
export type SilentUnits = Readonly<Record<string, string>>;

/**
 * Counts one more measurement.
 *
 * @example
 * ```ts
 * import { countSilent, deadShare, type SilentUnits } from "./dead_units.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let units: SilentUnits = {};
 * for (let measurement = 0; measurement < 8; measurement++) {
 *   const silent = [true, measurement !== 5];
 *   units = countSilent(units, [{ name: "generator/down1", silent }]);
 * }
 * assertEquals(units, { "generator/down1": "82" });
 * assertEquals(deadShare(units["generator/down1"] ?? ""), 0.5);
 * ```
 */
export function countSilent(
  before: SilentUnits,
  layers: readonly Pick<LayerStatistics, "name" | "silent">[],
): SilentUnits {
  return Object.fromEntries(layers.map(({ name, silent }) => {
    const counts = silent.map((isSilent, unit) =>
      isSilent ? Math.min(SILENT, Number(before[name]?.[unit] ?? 0) + 1) : 0
    );
    return [name, counts.join("")];
  }));
}

/** The share of a layer's units that are dead. */
export function deadShare(counts: string): number {
  return [...counts].filter((count) => Number(count) === SILENT).length / counts.length;
}
