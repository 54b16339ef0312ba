import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createBootstrap } from "../../../core/evaluate/bootstrap.ts";
import { normalProbability, normalQuantile } from "../../../core/evaluate/normal.ts";
import { numbers } from "../../fidelity/numbers.ts";
import scipy from "./fixtures/bootstrap.json" with { type: "json" };

const COUNT = 12, RESAMPLES = 400;

/** Draws what the fixture's script lets SciPy draw. */
function drawn(): { integer(below: number): number } {
  const uniform = numbers("indices", RESAMPLES * COUNT, 0, 1);
  let place = 0;
  return { integer: (below) => Math.floor(uniform[place++]! * below) };
}

describe("bootstrap intervals", () => {
  for (const [confidence, key] of [[0.95, "95"], [0.8, "80"]] as const) {
    it(`are SciPy's BCa intervals of ${key} %, drawn alike`, () => {
      const names = Object.keys(scipy.series) as (keyof typeof scipy.series)[];
      const interval = createBootstrap({ resamples: RESAMPLES, confidence, random: drawn() });
      for (const name of names) {
        const { low, high } = interval(scipy.series[name])!;
        assertAlmostEquals(low, scipy[key][name][0]!, 1e-10);
        assertAlmostEquals(high, scipy[key][name][1]!, 1e-10);
      }
    });
  }

  it("are SciPy's, up to chance, by their own random numbers", () => {
    const { values, interval: [low, high] } = scipy.large;
    const width = high! - low!;
    const found = createBootstrap({ resamples: 20_000 })(values);
    assertAlmostEquals(found!.low, low!, 0.02 * width);
    assertAlmostEquals(found!.high, high!, 0.02 * width);
  });

  it("are the same every time, for a series of its length as for another", () => {
    const { even, skewed } = scipy.series;
    const interval = createBootstrap({ resamples: 100 });
    interval(skewed);
    assertEquals(interval(even), createBootstrap({ resamples: 100 })(even));
  });

  it("of equal numbers are that number", () => {
    assertEquals(createBootstrap()([3, 3, 3]), { low: 3, high: 3 });
  });

  it("of one number, of none, and of infinite ones are not known", () => {
    for (const values of [[3], [], [1, Infinity, 2], [NaN, 1]]) {
      assertEquals(createBootstrap()(values), null);
    }
  });

  it("of two numbers, of which many resamples are alike, lie between them", () => {
    const { low, high } = createBootstrap()([1, 2])!;
    assert(low >= 1 && high <= 2 && low < high);
  });
});

describe("the normal distribution", () => {
  it("is SciPy's", () => {
    const { z, probability } = scipy.normal;
    z.forEach((value, index) => {
      const expected = probability[index]!;
      assertAlmostEquals(normalProbability(value), expected, 1e-12 * expected + 1e-16);
    });
  });

  it("has SciPy's quantiles", () => {
    const { z, probability } = scipy.quantile;
    probability.forEach((value, index) =>
      assertAlmostEquals(normalQuantile(value), z[index]!, 1e-9)
    );
  });
});
