import {
  assess,
  type Callback,
  comparePictures,
  countSilent,
  deadShare,
  type HealthMeasurement,
  isMeasured,
  type Judgements,
  type LayerStatistics,
  type PredictedPair,
  type SilentUnits,
  startJudgements,
  type StepStatistics,
  type TrainingRun,
} from "../../core/plugin.ts";

/** How {@link health} measures. */
export interface HealthOptions {
  /**
   * Steps between two measurements of gradients and D, each of which costs about two more steps; the
   * first ones are nearer to each other. @default 500
   */
  readonly every?: number;
  /** Steps between two measurements of predictions, at the ends of epochs. @default 500 */
  readonly picturesEvery?: number;
  /**
   * Pictures that are predicted, the first validation pairs; where none are kept, the first test
   * pairs, by which nothing is chosen. 0 for none. @default 3
   */
  readonly pictures?: number;
  /** Multiplies the steps before which a rule says nothing: 0 judges from the first on. @default 1 */
  readonly grace?: number;
}

/**
 * Tells in plain words what is wrong with a training: a discriminator that is too strong or too weak,
 * a generator that ignores its input, collapse, checkerboards, gradients that vanish or explode, a
 * wrong rate, dead units, overfitting. Each finding says what was measured, what people do about it
 * and the line of `vary` to try first; it goes to the terminal, metrics.jsonl, the live page and
 * reports. It advises, and changes nothing: the weights are those of a training without it.
 *
 * Its numbers are recorded as `health.…`. [The rules](../../docs/health.md), their thresholds and
 * their false alarms are in the guide.
 *
 * @throws {RangeError} If an option is not a whole number, or negative.
 *
 * @example
 * ```ts
 * import { health } from "./health.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { measures } = health({ every: 40 });
 * assertEquals([10, 11, 189].map((step) => measures?.(step)), [true, false, true]);
 * ```
 */
export function health(
  { every = 500, picturesEvery = 500, pictures = 3, grace = 1 }: HealthOptions = {},
): Callback {
  for (
    const [name, value, least] of [["every", every, 1], ["picturesEvery", picturesEvery, 1], [
      "pictures",
      pictures,
      0,
    ]] as const
  ) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `Cannot measure health with ${name}: ${value}. Use a whole number of at least ${least}`,
      );
    }
  }
  let memory = START;

  const judge = async (run: TrainingRun, measurement: HealthMeasurement): Promise<void> => {
    const { findings, judgements } = assess(memory.judgements, measurement, { grace });
    memory = { ...memory, judgements };
    for (const finding of findings) {
      const { sentence, since, advice, change, over } = finding;
      run.say(
        over
          ? `Health: over since step ${measurement.step}: ${sentence}`
          : `Health: ${sentence} Since step ${since}. ${advice} Try: vary(experiment, ${change})`,
      );
      await run.find(finding);
    }
    const values = Object.entries(measurement.values).filter(([, value]) => Number.isFinite(value));
    await run.record(
      Object.fromEntries(values.map(([name, value]) => [`health.${name}`, value])),
    );
  };

  return {
    name: "health",
    records: MEASURED.map((name) => `health.${name}`),
    measures: (step) => isMeasured(step, every),
    state: () => JSON.parse(JSON.stringify(memory)),
    restore: (state) => {
      memory = { ...START, ...state as unknown as Memory };
    },
    async onStepEnd(run, { step, statistics }) {
      if (isMeasured(step, picturesEvery)) memory = { ...memory, due: true };
      if (statistics === undefined) return;
      memory = { ...memory, silent: countSilent(memory.silent, statistics.layers) };
      await judge(run, { step, ...numbersOf(statistics, memory.silent) });
    },
    async onEpochEnd(run, { step, losses }) {
      const trainL1 = losses["generator.l1"];
      const values = trainL1 === undefined ? {} : { trainL1 };
      const isLast = run.done.epoch === run.epochs;
      if (!memory.due && !isLast) {
        const { history } = memory.judgements;
        memory = {
          ...memory,
          judgements: { ...memory.judgements, history: [...history, { step, values }] },
        };
        return;
      }
      memory = { ...memory, due: false };
      const pairs = await predictPairs(run, pictures);
      await judge(run, {
        step,
        values: { ...values, ...pairs.length > 0 && comparePictures(pairs) },
      });
    },
  };
}

/** All that is measured: of a step, and of predictions. */
const MEASURED = [
  ...["gradientLeast", "gradientMost", "updateMost", "updateMedian", "dead"],
  ...["accuracyReal", "accuracyFake", "accuracy"],
  ...["trainL1", "l1", "inputL1", "diversity", "response", "checkerboard", "saturated"],
];

/** What is remembered across a resume. */
interface Memory {
  readonly judgements: Judgements;
  /** Predictions are measured at the end of the epoch. */
  readonly due: boolean;
  /** Empty in checkpoints of earlier versions. */
  readonly silent: SilentUnits;
}

const START: Memory = { judgements: startJudgements(), due: false, silent: {} };

async function predictPairs(run: TrainingRun, count: number): Promise<PredictedPair[]> {
  const pairs: PredictedPair[] = [];
  const { validation, test } = run;
  for (let index = 0; index < Math.min(count, (validation ?? test).names.length); index++) {
    const { input, target } = await (validation?.load(index) ?? run.testPair(index));
    // All with the same step, so the same dropout: what differs is due to the input.
    pairs.push({ input, target, prediction: await run.predict(input) });
  }
  return pairs;
}

/** The extremes over the layers, with the layer that each is of. */
function numbersOf(
  { layers, accuracy }: StepStatistics,
  silent: SilentUnits,
): Pick<HealthMeasurement, "values" | "layers"> {
  const values: Record<string, number> = {};
  const names: Record<string, string> = {};
  const note = (name: string, valueOf: (layer: LayerStatistics) => number, sign: 1 | -1): void => {
    for (const layer of layers) {
      const value = valueOf(layer);
      if (name in values && sign * value <= sign * values[name]!) continue;
      values[name] = value;
      names[name] = layer.name;
    }
  };
  note("gradientLeast", ({ gradient }) => gradient, -1);
  note("gradientMost", ({ gradient }) => gradient, 1);
  note("updateMost", ({ update }) => update, 1);
  note("dead", ({ name }) => deadShare(silent[name]!), 1);
  const updates = layers.map(({ update }) => update).sort((a, b) => a - b);
  if (updates.length > 0) values["updateMedian"] = updates[Math.floor(updates.length / 2)]!;
  if (accuracy !== undefined) {
    values["accuracyReal"] = accuracy.real;
    values["accuracyFake"] = accuracy.fake;
    values["accuracy"] = (accuracy.real + accuracy.fake) / 2;
  }
  return { values, layers: names };
}
