import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assess, startJudgements } from "../../../core/health/assess.ts";
import { type HealthRule, type Measurement, RULES } from "../../../core/health/rules.ts";
import type { Finding } from "../../../core/plugin.ts";

/** What is found in a training that measures this. */
function findingsOf(
  measurements: readonly Measurement[],
  rules: readonly HealthRule[] = RULES,
): Finding[] {
  let judgements = startJudgements();
  return measurements.flatMap((measurement) => {
    // As a checkpoint would keep it.
    judgements = JSON.parse(JSON.stringify(judgements));
    const found = assess(judgements, measurement, { rules });
    judgements = found.judgements;
    return found.findings;
  });
}

/** Ten measurements, 1,000 steps apart, of values that may depend on which it is. */
const ten = (values: (index: number) => Record<string, number>): Measurement[] =>
  Array.from({ length: 10 }, (_, index) => ({
    step: 1000 * (index + 1),
    values: values(index),
    layers: { gradientLeast: "up1", gradientMost: "up2", updateMost: "down1", dead: "up3" },
  }));

/** What a healthy training measures. */
const HEALTHY = {
  ...{ accuracy: 0.85, gradientLeast: 1e-4, gradientMost: 1, updateMost: 0.02, updateMedian: 0.01 },
  ...{ dead: 0.01, response: 1, diversity: 0.9, checkerboard: 4, saturated: 0 },
  ...{ l1: 0.05, inputL1: 0.08 },
};

describe("the rules of health", () => {
  it("find nothing in a healthy training", () => {
    assertEquals(findingsOf(ten((index) => ({ ...HEALTHY, trainL1: 20 / (index + 1) }))), []);
  });

  const faults: readonly [rule: string, values: (index: number) => Record<string, number>][] = [
    ["d-too-strong", () => ({ accuracy: 1 })],
    ["d-too-weak", () => ({ accuracy: 0.5 })],
    ["ignores-input", () => ({ response: 0.01 })],
    ["mode-collapse", () => ({ diversity: 0.1 })],
    ["checkerboard", () => ({ checkerboard: 30 })],
    ["vanishing-gradient", () => ({ gradientLeast: 0 })],
    ["exploding-gradient", (index) => ({ gradientMost: index < 6 ? 1 : 1e4 })],
    ["rate-too-high", () => ({ updateMost: 0.4 })],
    ["rate-too-low", () => ({ updateMedian: 1e-9 })],
    ["dead-units", () => ({ dead: 0.95 })],
    ["saturated-output", () => ({ saturated: 0.9 })],
    ["stalled-l1", () => ({ trainL1: 20 })],
    ["overfitting", (index) => ({ trainL1: 20 - 2 * index, l1: 0.03 + 0.005 * index })],
    ["worse-than-input", () => ({ l1: 0.09 })],
  ];

  it("are all told of by a fault", () => {
    assertEquals(faults.map(([rule]) => rule), RULES.map(({ name }) => name));
  });

  for (const [rule, values] of faults) {
    it(`tell of ${rule}, and of nothing else`, () => {
      const normal = rule === "stalled-l1"
        ? () => ({})
        : (i: number) => ({ trainL1: 20 / (i + 1) });
      const found = findingsOf(
        ten((index) => ({ ...HEALTHY, ...normal(index), ...values(index) })),
      );
      assertEquals(found.map((finding) => finding.rule), [rule]);
      const { sentence, advice, change, source, since, over } = found[0]!;
      for (const words of [sentence, advice]) assert(/^[A-Z].*\.$/.test(words), words);
      assert(change.length > 0 && source.length > 0);
      assert(since >= 1000 && since <= 10_000);
      assertEquals(over, false);
    });
  }

  it("say since when, once, and when it is over", () => {
    const bad = (index: number): boolean => index >= 2 && index < 6;
    const found = findingsOf(ten((index) => ({ updateMost: bad(index) ? 0.5 : 0.01 })));
    assertEquals(found.map(({ rule, since, over }) => [rule, since, over]), [
      ["rate-too-high", 3000, false],
      ["rate-too-high", 3000, true],
    ]);
    assertEquals(found[0]!.sentence, 'The rate is too high: a step changes "down1" by 50 %.');
  });

  it("let a measurement pass that stands alone", () => {
    assertEquals(findingsOf(ten((index) => ({ updateMost: index % 3 === 0 ? 0.5 : 0.01 }))), []);
  });

  it("do not call a long training stalled that has learned at first", () => {
    const epochs = Array.from(
      { length: 1000 },
      (_, index) => ({ step: 400 * (index + 1), values: { trainL1: index < 2 ? 20 : 12 } }),
    );
    assertEquals(findingsOf(epochs), []);
  });

  it("judge each prediction once, however many steps are measured before the next", () => {
    const epoch = (step: number, l1: number, trainL1: number): Measurement => ({
      step,
      values: { ...HEALTHY, l1, trainL1 },
    });
    const steps = Array.from(
      { length: 6 },
      (_, index) => ({ step: 3100 + index, values: { accuracy: 0.85 } }),
    );
    const learned = [epoch(1000, 0.05, 20), epoch(2000, 0.06, 10), epoch(3000, 0.07, 8)];
    assertEquals(findingsOf([...learned, ...steps]), []);
    const later = [epoch(4000, 0.07, 7), epoch(5000, 0.07, 6)];
    const found = findingsOf([...learned, ...steps, ...later]);
    assertEquals(found.map(({ rule, since }) => [rule, since]), [["overfitting", 3000]]);
  });

  it("say nothing before their grace is over, unless told to", () => {
    const early = Array.from(
      { length: 9 },
      (_, index) => ({ step: index, values: { accuracy: 1 } }),
    );
    assertEquals(findingsOf(early), []);
    let judgements = startJudgements();
    const found = early.flatMap((measurement) => {
      const now = assess(judgements, measurement, { grace: 0 });
      judgements = now.judgements;
      return now.findings;
    });
    assertEquals(found.map(({ rule }) => rule), ["d-too-strong"]);
  });

  it("pass over numbers that were not measured", () => {
    assertEquals(findingsOf(ten(() => ({ accuracy: NaN }))), []);
    assertEquals(findingsOf(ten(() => ({}))), []);
  });

  it("remember little of a long training", () => {
    let judgements = startJudgements();
    for (let step = 1; step <= 2000; step++) {
      judgements = assess(judgements, { step, values: HEALTHY }).judgements;
    }
    assert(judgements.history.length <= 200, `${judgements.history.length} remembered`);
    assertEquals(judgements.history.at(-1)?.step, 2000);
  });
});
