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

/** Options of {@link evaluateEvery}. */
export interface EvaluateEveryOptions {
  readonly metrics: readonly (Metric | SetMetric)[];
  /** Number of test pictures, from the start of the split; Infinity for all. @default 20 */
  readonly pictures?: number;
  /** Inference mode. @default "paper" */
  readonly mode?: InferenceMode;
}

/**
 * Evaluates predictions of test pictures every `n` epochs and records the mean of each metric in
 * metrics.jsonl and for callbacks such as `best` and `earlyStopping`. Means leave out infinite values,
 * such as the PSNR of a perfect prediction, and say how many there were.
 *
 * A checkpoint or end that is chosen by these values is chosen by test pictures.
 *
 * @throws {RangeError} If `n` or `pictures` is not a whole number from 1, or there are no metrics.
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
    throw new RangeError(`Cannot evaluate every ${n} epochs. Use 1, 2, ….`);
  }
  if (!(pictures >= 1 && (Number.isInteger(pictures) || pictures === Infinity))) {
    throw new RangeError(`Cannot evaluate ${pictures} pictures. Use 1, 2, … or Infinity.`);
  }
  if (metrics.length === 0) {
    throw new RangeError("Cannot evaluate: there are no metrics. Use e.g. metrics: [psnr()].");
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
