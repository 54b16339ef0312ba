/** The rules by which a training is judged: what is measured, from where on it is a fault, and what to do. */

/** What has been measured of a training so far, the last measurement last. */
export interface Measurement {
  /** Finished steps. */
  readonly step: number;
  /** Numbers by name; which there are depends on what was measured. */
  readonly values: Readonly<Record<string, number>>;
  /** The layer that a number is of, by the number's name. */
  readonly layers?: Readonly<Record<string, string>>;
}

/** A rule's opinion of a measurement. */
export interface Opinion {
  readonly value: number;
  /** What it says if the value is beyond the threshold. */
  readonly sentence: string;
}

/** A rule. */
export interface HealthRule {
  readonly name: string;
  readonly threshold: number;
  /** On which side of the threshold a fault lies. */
  readonly fault: "above" | "below";
  /** Where the threshold is from. */
  readonly source: string;
  /** Measurements in a row that must be beyond it. */
  readonly patience: number;
  /** Steps before which it says nothing: every training is unlike itself at first. */
  readonly grace: number;
  readonly advice: string;
  /** The line of `vary` that people try first. */
  readonly change: string;
  /** Its opinion of the last measurement, or null if that has not what it needs. */
  readonly judge: (history: readonly Measurement[]) => Opinion | null;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
const short = (value: number): string => String(Number(value.toPrecision(2)));

/** An opinion about one number of the last measurement. */
function byNumber(
  name: string,
  describe: (value: number, layer: string) => string,
): HealthRule["judge"] {
  return (history) => {
    const { values, layers } = history.at(-1)!;
    const value = values[name];
    if (value === undefined || Number.isNaN(value)) return null;
    return { value, sentence: describe(value, layers?.[name] ?? "") };
  };
}

const RATE = "(p) => ({ optimizer: adam({ rate: p.rate / 10, beta1: 0.5 }) })";

/** The numbers of training losses of the epochs so far. */
const series = (history: readonly Measurement[], name: string): number[] =>
  history.flatMap(({ values }) => {
    const value = values[name];
    return value === undefined || Number.isNaN(value) ? [] : [value];
  });

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** All rules. Those about a layer name the one that is worst. */
export const RULES: readonly HealthRule[] = [
  {
    name: "d-too-strong",
    threshold: 0.995,
    fault: "above",
    source:
      "Arjovsky and Bottou 2017, theorem 2.4: of a perfect D, G's gradient vanishes; ADA (Karras et al. 2020) aims at 80 % on real pictures",
    patience: 4,
    grace: 200,
    advice: "Lower D's rate, soften its labels, or give it a smaller receptive field.",
    change: "(p) => ({ losses: { gan: gan({ realLabel: 0.9 }), l1: l1({ weight: p.lambda }) } })",
    judge: byNumber(
      "accuracy",
      (value) => `D is too strong: it tells real from generated in ${percent(value)} of patches.`,
    ),
  },
  {
    name: "d-too-weak",
    threshold: 0.52,
    fault: "below",
    source: "half of all patches is what guessing gets",
    patience: 4,
    grace: 500,
    advice: "Raise D's rate or width, or train it more often than G.",
    change: "{ discriminatorSteps: 2 }",
    judge: byNumber(
      "accuracy",
      (value) =>
        `D is too weak: it tells real from generated in ${
          percent(value)
        } of patches, as a guess does.`,
    ),
  },
  {
    name: "ignores-input",
    threshold: 0.05,
    fault: "below",
    source: "exchanging inputs must change the output; healthy trainings measure above 0.3",
    patience: 2,
    grace: 200,
    advice: "Check that inputs and targets belong together, then lower the weight of the GAN loss.",
    change: "{ parameters: { lambda: 200 } }",
    judge: byNumber(
      "response",
      (value) =>
        `G ignores its input: exchanging inputs changes the output by ${
          percent(value)
        } of their difference.`,
    ),
  },
  {
    name: "mode-collapse",
    threshold: 0.2,
    fault: "below",
    source: "healthy trainings measure above 0.4",
    patience: 3,
    grace: 300,
    advice: "Weaken the GAN loss, or let D see earlier fakes.",
    change: "{ replay: { size: 50 } }",
    judge: byNumber(
      "diversity",
      (value) =>
        `G repeats itself: its outputs differ from each other ${
          percent(value)
        } as much as the targets do.`,
    ),
  },
  {
    name: "checkerboard",
    threshold: 15,
    fault: "above",
    source: "Odena et al. 2016; healthy trainings measure below 7",
    patience: 3,
    grace: 500,
    advice: "Upsample by resizing and a convolution, instead of a transposed convolution.",
    change: "{ generator: unet({ upsample: resizeUpsampling() }) }",
    judge: byNumber(
      "checkerboard",
      (value) =>
        `Outputs have a checkerboard: ${
          short(value)
        } times the targets' energy at the stride's frequency.`,
    ),
  },
  {
    name: "vanishing-gradient",
    threshold: 1e-9,
    fault: "below",
    source: "Adam's epsilon divides by 1e-7 or more, so that smaller gradients move nothing",
    patience: 3,
    grace: 0,
    advice:
      "Check that every layer reaches a loss; use normalisation, skips or another activation.",
    change: "{ generator: unet({ norm: instanceNorm() }) }",
    judge: byNumber(
      "gradientLeast",
      (value, layer) =>
        `The gradient vanishes in "${layer}": its root mean square is ${short(value)}.`,
    ),
  },
  {
    name: "exploding-gradient",
    threshold: 100,
    fault: "above",
    source: "Pascanu et al. 2013: gradients that leave the range of the training so far",
    patience: 2,
    grace: 30,
    advice: "Lower the rate, or bound the gradients.",
    change: "(p) => ({ optimizer: clipNorm(adam({ rate: p.rate, beta1: 0.5 }), { norm: 10 }) })",
    judge: (history) => {
      const name = "gradientMost";
      const { values, layers } = history.at(-1)!;
      const value = values[name];
      const before = series(history.slice(0, -1), name).sort((a, b) => a - b);
      if (value === undefined || before.length < 4) return null;
      // The lower quartile: of a training that explodes slowly the last values are large already.
      const times = value / before[Math.floor(before.length / 4)]!;
      const layer = layers?.[name] ?? "";
      const sentence = `The gradient explodes in "${layer}": ${
        short(times)
      } times what is usual in this training.`;
      return { value: times, sentence };
    },
  },
  {
    name: "rate-too-high",
    threshold: 0.1,
    fault: "above",
    source: "updates of about 0.001 of the weights are usual, of 0.01 with Adam at first",
    patience: 3,
    grace: 30,
    advice: "Lower the rate.",
    change: RATE,
    judge: byNumber(
      "updateMost",
      (value, layer) => `The rate is too high: a step changes "${layer}" by ${percent(value)}.`,
    ),
  },
  {
    name: "rate-too-low",
    threshold: 1e-6,
    fault: "below",
    source:
      "updates of about 0.001 of the weights are usual; 100,000 of these would change a tenth",
    patience: 4,
    grace: 30,
    advice: "Raise the rate, or check the optimizer's other numbers.",
    change: "(p) => ({ optimizer: adam({ rate: 10 * p.rate, beta1: 0.5 }) })",
    judge: byNumber(
      "updateMedian",
      (value) => `The rate is too low: a step changes the weights by ${percent(value)}.`,
    ),
  },
  {
    name: "dead-units",
    threshold: 0.9,
    fault: "above",
    source:
      "Lu et al. 2020: a unit without a gradient never comes back; of the innermost ones, which skips make dispensable, a healthy training lost 55 % in 50,000 steps",
    patience: 2,
    grace: 30,
    advice: "Lower the rate, or use a leaky activation.",
    change: RATE,
    judge: byNumber(
      "dead",
      (value, layer) =>
        `Units are dead: ${
          percent(value)
        } of "${layer}" have no gradient and do not move any more.`,
    ),
  },
  {
    name: "saturated-output",
    threshold: 0.3,
    fault: "above",
    source: "targets tell how many values lie at the ends of the range",
    patience: 2,
    grace: 100,
    advice: "Lower the rate: a saturated tanh passes no gradient on.",
    change: RATE,
    judge: byNumber(
      "saturated",
      (value) =>
        `G's tanh is saturated: ${
          percent(value)
        } more values than in the targets are black or white.`,
    ),
  },
  {
    name: "stalled-l1",
    threshold: 0.02,
    fault: "below",
    source: "the mean of the last third of the epochs against that of the first two",
    patience: 1,
    grace: 600,
    advice: "Check the pairs with deno task dataset check, then change the rate.",
    change: RATE,
    judge: (history) => {
      const epochs = series(history, "trainL1");
      if (history.at(-1)!.values["trainL1"] === undefined || epochs.length < 6) return null;
      const third = Math.floor(epochs.length / 3);
      // Against the first third, every training that is long enough would be stalled.
      const value = 1 - meanOf(epochs.slice(-third)) / meanOf(epochs.slice(0, 2));
      const sentence = `L1 is stalled: it has improved by ${
        percent(Math.max(0, value))
      } since the first epochs.`;
      return { value, sentence };
    },
  },
  {
    name: "overfitting",
    threshold: 1.15,
    fault: "above",
    source: "the gap between training and test; Goodfellow et al. 2016, section 5.2",
    patience: 3,
    grace: 500,
    advice: "Use more pairs or more augmentation, or stop where the test is best.",
    change: "{ augment: compose(jitter({ load: 286, crop: 256, mirror: true }), colour()) }",
    judge: (history) => {
      const both = history.filter(({ values }) =>
        values["l1"] !== undefined && values["trainL1"] !== undefined
      );
      const last = history.at(-1)!;
      // Between predictions nothing new is known: one bad one must not count several times.
      if (both.at(-1) !== last || both.length < 3) return null;
      const best = both.reduce((a, b) => b.values["l1"]! < a.values["l1"]! ? b : a);
      const value = last.values["l1"]! / best.values["l1"]!;
      const train = last.values["trainL1"]! / best.values["trainL1"]!;
      const sentence = `G overfits: since step ${best.step} its test L1 has risen by ${
        percent(value - 1)
      }, while L1 in training has fallen by ${percent(1 - train)}.`;
      // Only if the training gains what the test loses.
      return { value: train < 0.9 ? value : 1, sentence };
    },
  },
  {
    name: "worse-than-input",
    threshold: 1,
    fault: "above",
    source: "the input itself is a prediction that costs nothing",
    patience: 3,
    grace: 5000,
    advice:
      "Train longer, with a larger weight of L1; check the pairs with deno task dataset check.",
    change: "{ parameters: { lambda: 200 } }",
    judge: (history) => {
      const { values: { l1, inputL1 } } = history.at(-1)!;
      if (l1 === undefined || inputL1 === undefined || Number.isNaN(inputL1)) return null;
      const value = l1 / inputL1;
      const sentence = `G is worse than doing nothing: its test L1 is ${
        short(value)
      } times that of the input itself.`;
      return { value, sentence };
    },
  },
];
