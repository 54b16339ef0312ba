import { type Callback, type MetricDescription, scoreOf } from "../../core/plugin.ts";

/** How {@link best} keeps. */
export interface BestOptions {
  /**
   * The word under which the checkpoint is kept, and by which `deno task evaluate --checkpoint=best`
   * finds it; another for each metric where several are watched. @default "best"
   */
  readonly keep?: string;
}

/**
 * Saves a checkpoint whenever a metric is better than ever before in the run, and keeps it until
 * the next one that is. The metric is measured by `evaluateEvery`, before or after this in the list
 * of callbacks.
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
    // As a text, since JSON has no infinity.
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
        `Warning: best(${name}) has kept no checkpoint, as "${name}" was never recorded: evaluateEvery(n, { metrics: [${name}()] }) among the callbacks records it`,
      );
    },
  };
}
