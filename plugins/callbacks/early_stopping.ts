import { type Callback, type MetricDescription, scoreOf } from "../../core/plugin.ts";

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  readonly metric: MetricDescription;
  /** Evaluations in a row that may pass without improvement. @default 10 */
  readonly patience?: number;
  /** Least improvement, in the metric's unit. @default 0 */
  readonly margin?: number;
}

/**
 * Ends the training, with a checkpoint, when a metric has not improved on the run's best value for
 * `patience` evaluations in a row. `evaluateEvery` measures the metric. Resuming a stopped run does
 * not train further, unless with `deno task resume RUN --epochs=N`, which waits as long again.
 *
 * @throws {RangeError} If `patience` is not a whole number from 1, or `margin` is negative.
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
    throw new RangeError(`Cannot wait for ${patience} evaluations. Use 1, 2, ….`);
  }
  if (!(margin >= 0)) {
    throw new RangeError(`Cannot require a margin of ${margin}. Use 0 or more.`);
  }
  let memory: Memory | null = null;
  return {
    name: `earlyStopping(${name})`,
    chooses: name,
    // A string, because JSON has no infinity.
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
      // Training that continues all the same waits as long again.
      memory = { ...memory, waited: 0 };
    },
    onTrainEnd: (run) => {
      if (memory !== null) return;
      run.say(
        `Warning: earlyStopping had no effect, because "${name}" was never recorded. Add evaluateEvery(n, { metrics: [${name}()] }) to the callbacks.`,
      );
    },
  };
}

/** The best value, its epoch, and the evaluations since. */
interface Memory {
  readonly value: number;
  readonly epoch: number;
  readonly waited: number;
}
