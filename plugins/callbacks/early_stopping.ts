import { type Callback, type MetricDescription, scoreOf } from "../../core/plugin.ts";

/** When {@link earlyStopping} stops. */
export interface EarlyStoppingOptions {
  readonly metric: MetricDescription;
  /** Evaluations in a row that may pass without being better. @default 10 */
  readonly patience?: number;
  /** By how much better counts as better, in the metric's unit. @default 0 */
  readonly margin?: number;
}

/**
 * Ends the training, with a checkpoint, when a metric has not been better than ever before for some
 * evaluations in a row. The metric is measured by `evaluateEvery`. A run that was stopped stays so
 * when it is resumed; `deno task resume RUN --epochs=N` trains on, and waits as long again.
 *
 * @throws {RangeError} If the patience is not a whole number from 1 on, or the margin negative.
 *
 * @example
 * ```ts
 * import { earlyStopping } from "./early_stopping.ts";
 * import { psnr } from "../metrics/psnr.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const reasons: string[] = [];
 * const callback = earlyStopping({ metric: psnr(), patience: 2 });
 * const run = { stop: (reason: string) => void reasons.push(reason) } as never;
 * for (const [index, value] of [20, 22, 21, 21.9].entries()) {
 *   await callback.onRecord?.(run, { epoch: index + 1, step: 1, values: { psnr: value } });
 * }
 * assertEquals(reasons, ["psnr has not been better than 22 since epoch 2"]);
 * ```
 */
export function earlyStopping(
  { metric: { name, better }, patience = 10, margin = 0 }: EarlyStoppingOptions,
): Callback {
  if (!Number.isInteger(patience) || patience < 1) {
    throw new RangeError(`Cannot wait for ${patience} evaluations: 1, 2, … would work`);
  }
  if (!(margin >= 0)) {
    throw new RangeError(`Cannot ask for a margin of ${margin}: 0 or more would work`);
  }
  let memory: Memory | null = null;
  return {
    name: `earlyStopping(${name})`,
    // As a text, since JSON has no infinity.
    state: () => memory === null ? null : { ...memory, value: String(memory.value) },
    restore: (state) => {
      const stored = state as unknown as Memory | null;
      memory = stored && { ...stored, value: Number(stored.value) };
    },
    onRecord: (run, { epoch, values }) => {
      const value = values[name];
      if (value === undefined || Number.isNaN(value)) return;
      if (memory === null || scoreOf(value, better) > scoreOf(memory.value, better) + margin) {
        memory = { value, epoch, waited: 0 };
        return;
      }
      memory = { ...memory, waited: memory.waited + 1 };
      if (memory.waited < patience) return;
      const best = Number(memory.value.toPrecision(4));
      const by = margin === 0 ? "" : ` by more than ${margin}`;
      run.stop(`${name} has not been better than ${best}${by} since epoch ${memory.epoch}`);
      // Whoever trains on all the same waits as long again.
      memory = { ...memory, waited: 0 };
    },
    onTrainEnd: (run) => {
      if (memory !== null) return;
      run.say(
        `Warning: earlyStopping could not stop, as "${name}" was never recorded: evaluateEvery(n, { metrics: [${name}()] }) among the callbacks records it`,
      );
    },
  };
}

/** The best value, when it was, and how many evaluations have passed since. */
interface Memory {
  readonly value: number;
  readonly epoch: number;
  readonly waited: number;
}
