import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bootstrapMeans } from "../../../core/evaluate/bootstrap.ts";
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
      const found = bootstrapMeans(names.map((name) => scipy.series[name]), {
        resamples: RESAMPLES,
        confidence,
        random: drawn(),
      });
      names.forEach((name, index) => {
        assertAlmostEquals(found[index]!.low, scipy[key][name][0]!, 1e-10);
        assertAlmostEquals(found[index]!.high, scipy[key][name][1]!, 1e-10);
      });
    });
  }

  it("are SciPy's, up to chance, by their own random numbers", () => {
    const { values, interval: [low, high] } = scipy.large;
    const width = high! - low!;
    const [found] = bootstrapMeans([values], { resamples: 50_000 });
    assertAlmostEquals(found!.low, low!, 0.02 * width);
    assertAlmostEquals(found!.high, high!, 0.02 * width);
  });

  it("are the same every time", () => {
    const options = { resamples: 100 };
    assertEquals(
      bootstrapMeans([scipy.large.values], options),
      bootstrapMeans([scipy.large.values], options),
    );
  });

  it("of a series do not depend on the others", () => {
    const { even, skewed } = scipy.series;
    const [alone] = bootstrapMeans([even], { resamples: 100 });
    const [, beside] = bootstrapMeans([skewed, even], { resamples: 100 });
    assertEquals(alone, beside);
  });

  it("of equal numbers are that number", () => {
    assertEquals(bootstrapMeans([[3, 3, 3]], { resamples: 10 }), [{ low: 3, high: 3 }]);
  });

  it("of one number, of none, and of infinite ones are not known", () => {
    assertEquals(bootstrapMeans([[3]], { resamples: 10 }), [null]);
    assertEquals(bootstrapMeans([[]], { resamples: 10 }), [null]);
    assertEquals(bootstrapMeans([[1, Infinity, 2]], { resamples: 10 }), [null]);
    assertEquals(bootstrapMeans([]), []);
  });

  it("of two numbers, of which many resamples are alike, lie between them", () => {
    const [interval] = bootstrapMeans([[1, 2]]);
    assert(interval!.low >= 1 && interval!.high <= 2 && interval!.low < interval!.high);
  });

  it("refuse series of different lengths", () => {
    assertThrows(() => bootstrapMeans([[1, 2], [1]]), RangeError);
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
