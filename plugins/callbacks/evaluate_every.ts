import {
  averageOf,
  type Callback,
  type InferenceMode,
  type Measured,
  type Metric,
  type SetMetric,
  startMeasurement,
  type TrainingRun,
} from "../../core/plugin.ts";

/** What {@link evaluateEvery} measures. */
export interface EvaluateEveryOptions {
  readonly metrics: readonly (Metric | SetMetric)[];
  /** Test pictures, the first ones of the split; Infinity for all. @default 20 */
  readonly pictures?: number;
  /** How they are predicted. @default "paper" */
  readonly mode?: InferenceMode;
}

/**
 * Measures predictions of test pictures after each `n`-th epoch and records the mean of each metric
 * in metrics.jsonl, and for callbacks such as `best` and `earlyStopping`. Infinite values, such as the
 * PSNR of a perfect prediction, are left out of means and counted.
 *
 * What is chosen by these figures, a checkpoint or an end, is chosen by test pictures.
 *
 * @throws {RangeError} If `n` or `pictures` is not a whole number from 1 on, or there is no metric.
 *
 * @example
 * ```ts
 * import { evaluateEvery } from "./evaluate_every.ts";
 * import { psnr } from "../metrics/psnr.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(evaluateEvery(5, { metrics: [psnr()] }).name, "evaluateEvery(5)");
 * ```
 */
export function evaluateEvery(
  n: number,
  { metrics, pictures = 20, mode = "paper" }: EvaluateEveryOptions,
): Callback {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot evaluate every ${n} epochs: 1, 2, … would work`);
  }
  if (!(pictures >= 1 && (Number.isInteger(pictures) || pictures === Infinity))) {
    throw new RangeError(`Cannot evaluate ${pictures} pictures: 1, 2, … or Infinity would work`);
  }
  if (metrics.length === 0) {
    throw new RangeError("Cannot evaluate by no metric: metrics: [psnr()] would work");
  }
  return {
    name: `evaluateEvery(${n})`,
    records: metrics.map(({ name }) => name),
    mode,
    onEpochEnd: async (run, { epoch }) => {
      if (epoch % n !== 0) return;
      const count = Math.min(pictures, run.test.names.length);
      const measured = await measure(run, { metrics, count, mode });
      const means: Record<string, number> = {};
      const described = metrics.map(({ name, unit }) => {
        const { mean, leftOut } = averageOf(measured.pictures[name] ?? [measured.sets[name]!]);
        means[name] = mean;
        return `${name} ${format(mean)}${unit === undefined ? "" : ` ${unit}`}${
          leftOut === 0 ? "" : ` without ${leftOut} that ${leftOut === 1 ? "is" : "are"} infinite`
        }`;
      });
      run.say(`epoch ${epoch}: ${described.join(", ")} (${count} test pictures, mode ${mode})`);
      await run.record(means, mode);
    },
  };
}

async function measure(
  run: TrainingRun,
  { metrics, count, mode }: {
    readonly metrics: readonly (Metric | SetMetric)[];
    readonly count: number;
    readonly mode: InferenceMode;
  },
): Promise<Measured> {
  const measurement = startMeasurement(metrics);
  for (let index = 0; index < count; index++) {
    const { input, target } = await run.testPair(index);
    await measurement.add([{ input, target, prediction: await run.predict(input, mode) }]);
  }
  return measurement.finish();
}

/** Four digits. */
function format(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
