import { type Callback, type MetricDescription, scoreOf } from "../../core/plugin.ts";

/** Options of {@link best}. */
export interface BestOptions {
  /**
   * Name of the checkpoint, e.g. for `deno task evaluate --checkpoint=best`. Give each its own if you
   * watch several metrics. @default "best"
   */
  readonly keep?: string;
}

/**
 * Saves a checkpoint whenever a metric improves on the run's best value, and keeps it until the next
 * improvement. `evaluateEvery` measures the metric; the order of the two in the list of callbacks
 * does not matter.
 *
 * @example
 * ```ts
 * import { best } from "./best.ts";
 * import { psnr } from "../metrics/psnr.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const saved: number[] = [];
 * const callback = best(psnr());
 * const run = { save: () => void saved.push(epoch), say: () => {} } as never;
 * let epoch = 0;
 * for (const value of [20, 22, 21]) {
 *   epoch++;
 *   await callback.onRecord?.(run, { epoch, step: epoch, values: { psnr: value } });
 * }
 * assertEquals(saved, [1, 2]);
 * ```
 */
export function best(
  { name, better }: MetricDescription,
  { keep = "best" }: BestOptions = {},
): Callback {
  let value: number | null = null;
  return {
    name: `best(${name})`,
    chooses: name,
    // A string, because JSON has no infinity.
    state: () => value === null ? null : String(value),
    restore: (state) => {
      value = state === null ? null : Number(state);
    },
    onRecord: (run, { epoch, values }) => {
      const found = values[name];
      if (found === undefined || Number.isNaN(found)) return;
      if (value !== null && !(scoreOf(found, better) > scoreOf(value, better))) return;
      value = found;
      run.say(`The best ${name} so far, after epoch ${epoch}: ${Number(found.toPrecision(4))}`);
      run.save({ keep });
    },
    onTrainEnd: (run) => {
      if (value !== null) return;
      run.say(
        `Warning: best(${name}) kept no checkpoint, because "${name}" was never recorded. Add evaluateEvery(n, { metrics: [${name}()] }) to the callbacks.`,
      );
    },
  };
}
