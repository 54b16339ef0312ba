import type { Callback } from "../../core/plugin.ts";

/**
 * Calls a callback's `onEpochEnd` every `n` epochs only, counted from the run's first; its other hooks
 * are called as always.
 *
 * @throws {RangeError} If `n` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { every } from "./every.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: number[] = [];
 * const note = { name: "note", onEpochEnd: (_: unknown, { epoch }: { epoch: number }) => void seen.push(epoch) };
 * const callback = every(2, note);
 * for (const epoch of [1, 2, 3, 4]) {
 *   await callback.onEpochEnd?.({} as never, { epoch, step: epoch, losses: {}, seconds: 1 });
 * }
 * assertEquals(seen, [2, 4]);
 * ```
 */
export function every(n: number, callback: Callback): Callback {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot run "${callback.name}" every ${n} epochs. Use 1, 2, ….`);
  }
  return {
    ...callback,
    name: `every(${n}, ${callback.name})`,
    onEpochEnd: (run, report) => {
      if (report.epoch % n === 0) return callback.onEpochEnd?.(run, report);
    },
  };
}
