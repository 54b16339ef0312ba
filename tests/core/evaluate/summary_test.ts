import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Evaluation } from "../../../core/evaluate/evaluate.ts";
import { summarise } from "../../../core/evaluate/summary.ts";
import type { Better, InferenceMode, Metric, SetMetric } from "../../../core/plugin.ts";

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];

function metricOf(better: Better): Metric {
  return { name: "score", better, measure: () => fail() };
}

function fail(): never {
  throw new Error("nothing is measured here");
}

function evaluationOf(
  values: Partial<Record<InferenceMode, readonly number[]>>,
  identity: readonly number[] | null = null,
  pictures: readonly string[] = names,
): Evaluation {
  const measured = (score: readonly number[]) => ({
    pictures: { score },
    sets: { whole: score[0]! },
  });
  const modes = Object.entries(values).map(([mode, score]) =>
    [mode as InferenceMode, measured(score)] as const
  );
  return { names: pictures, modes: new Map(modes), identity: identity && measured(identity) };
}

const high = [5, 6, 7, 6, 5, 7, 6, 5.5];
const low = [1, 2, 4, 2, 0, 3, 2, 1.5];

describe("a summary", () => {
  it("has the mean, the sample deviation and an interval of each mode", () => {
    const [summary] = summarise(evaluationOf({ paper: high, running: low }), {
      metrics: [metricOf("higher")],
    });
    const { mean, deviation, interval } = summary!.modes.paper!;
    assertAlmostEquals(mean, 5.9375);
    // NumPy's std(ddof=1).
    assertAlmostEquals(deviation!, 0.7763, 1e-4);
    assert(interval!.low > 5.3 && interval!.low < mean && interval!.high > mean);
    assertAlmostEquals(summary!.modes.running!.mean, 1.9375);
    assertEquals(summary!.modes.deterministic, undefined);
    assertEquals([summary!.identity, summary!.other], [null, null]);
  });

  it("says where a difference is better, by the direction of the metric", () => {
    const verdict = (better: Better, own: number[], identity: number[]): string => {
      const [summary] = summarise(evaluationOf({ paper: own }, identity), {
        metrics: [metricOf(better)],
      });
      return summary!.modes.paper!.fromIdentity!.verdict;
    };
    assertEquals(verdict("higher", high, low), "better");
    assertEquals(verdict("higher", low, high), "worse");
    assertEquals(verdict("lower", low, high), "better");
    assertEquals(verdict("higher", high, high), "unclear");
    assertEquals(verdict("higher", high, high.toReversed()), "unclear");
    // 6 is best: both lie around it, the one closer.
    assertEquals(verdict(6, high, low), "better");
    assertEquals(verdict(-100, high, low), "worse");
  });

  it("pairs the pictures of two runs by their names", () => {
    const others = ["h", "x", "a", "b"];
    const other = evaluationOf({ paper: [5, 100, 4, 5.5] }, null, others);
    const [summary] = summarise(evaluationOf({ paper: high, running: low }), {
      metrics: [metricOf("higher")],
      other,
    });
    const difference = summary!.modes.paper!.fromOther!;
    assertEquals(difference.pictures, 3);
    assertAlmostEquals(difference.mean, (0.5 + 1 + 0.5) / 3);
    assertEquals(summary!.modes.running!.fromOther, null);
    assertAlmostEquals(summary!.other!.paper!.mean, 114.5 / 4);
  });

  it("leaves infinite values out, counts them, and does not take two infinities for different", () => {
    const [summary] = summarise(
      evaluationOf({ paper: [Infinity, ...high.slice(1)] }, [Infinity, ...low.slice(1)]),
      { metrics: [metricOf("higher")] },
    );
    const { mean, leftOut, deviation, interval, fromIdentity } = summary!.modes.paper!;
    // Of 6, 7, 6, 5, 7, 6, 5.5: NumPy's mean and std(ddof=1).
    assertAlmostEquals(mean, 42.5 / 7);
    assertEquals(leftOut, 1);
    assertAlmostEquals(deviation!, 0.731925, 1e-6);
    assert(interval!.low > 5.4 && interval!.low < mean && interval!.high < 6.7);
    assertEquals(fromIdentity!.leftOut, 0);
    assertAlmostEquals(fromIdentity!.mean, (4 + 3 + 4 + 5 + 4 + 4 + 4) / 8);
    assertEquals(fromIdentity!.verdict, "better");
  });

  it("compares the other pictures where one prediction is perfect and the input is not", () => {
    const [summary] = summarise(evaluationOf({ paper: [Infinity, ...high.slice(1)] }, low), {
      metrics: [metricOf("higher")],
    });
    const { mean, leftOut, interval, verdict } = summary!.modes.paper!.fromIdentity!;
    assertEquals([mean, leftOut, verdict], [(4 + 3 + 4 + 5 + 4 + 4 + 4) / 7, 1, "better"]);
    assert(Number.isFinite(interval!.low) && interval!.low > 3);
  });

  it("is infinite where every value is", () => {
    const [summary] = summarise(evaluationOf({ paper: names.map(() => Infinity) }), {
      metrics: [metricOf("higher")],
    });
    const { mean, leftOut, interval } = summary!.modes.paper!;
    assertEquals([mean, leftOut, interval], [Infinity, 0, null]);
  });

  it("has one number of a measure of sets, and no verdict on it", () => {
    const whole: SetMetric = { name: "whole", better: "lower", start: fail };
    const [summary] = summarise(evaluationOf({ paper: [3] }, [5]), { metrics: [whole] });
    const { values, mean, deviation, interval, fromIdentity } = summary!.modes.paper!;
    assertEquals([values, mean, deviation, interval], [null, 3, null, null]);
    assertEquals([fromIdentity!.mean, fromIdentity!.verdict], [-2, "unclear"]);
    assertEquals(summary!.of, "set");
  });
});
