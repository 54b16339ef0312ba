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
  /** Number of pictures, from the start of the split; Infinity for all. @default 20 */
  readonly pictures?: number;
  /**
   * The pictures that are measured. For validation a tenth of the training pairs is kept, unless the
   * data have such pairs. What is chosen by test pictures is recorded as such. @default "validation"
   */
  readonly split?: "validation" | "test";
  /** Inference mode. @default "paper" */
  readonly mode?: InferenceMode;
}

/**
 * Evaluates predictions of validation pictures every `n` epochs and records the mean of each metric in
 * metrics.jsonl and for callbacks such as `best` and `earlyStopping`. Means leave out infinite values,
 * such as the PSNR of a perfect prediction, and say how many there were.
 *
 * Test pictures are left for the evaluation of what was chosen.
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
  { metrics, pictures = 20, split = "validation", mode = "paper" }: EvaluateEveryOptions,
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
    split,
    onEpochEnd: async (run, { epoch }) => {
      if (epoch % n !== 0) return;
      const { measured, count, of } = await measure(run, { metrics, pictures, split, mode });
      const means: Record<string, number> = {};
      const described = metrics.map(({ name, unit }) => {
        const { mean, leftOut } = averageOf(measured.pictures[name] ?? [measured.sets[name]!]);
        means[name] = mean;
        return `${name} ${format(mean)}${unit === undefined ? "" : ` ${unit}`}${
          leftOut === 0 ? "" : ` without ${leftOut} that ${leftOut === 1 ? "is" : "are"} infinite`
        }`;
      });
      run.say(
        `epoch ${epoch}: ${described.join(", ")} (${count} ${of} ${
          count === 1 ? "picture" : "pictures"
        }, mode ${mode})`,
      );
      await run.record(means, mode);
    },
  };
}

async function measure(
  run: TrainingRun,
  { metrics, pictures, split, mode }: Required<EvaluateEveryOptions>,
): Promise<{ readonly measured: Measured; readonly count: number; readonly of: string }> {
  // Runs of earlier versions kept none, and go on with test pictures.
  const validation = split === "test" ? undefined : run.validation;
  const count = Math.min(pictures, (validation ?? run.test).names.length);
  const measurement = startMeasurement(metrics);
  for (let index = 0; index < count; index++) {
    const { input, target } = await (validation?.load(index) ?? run.testPair(index));
    await measurement.add([{ input, target, prediction: await run.predict(input, mode) }]);
  }
  const of = validation === undefined ? "test" : "validation";
  return { measured: await measurement.finish(), count, of };
}

/** Four digits. */
function format(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
