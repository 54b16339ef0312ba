import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { equivalenceOf, meanInterval, studentQuantile } from "./equivalence.ts";

describe("the quantile of Student's t", () => {
  it("is that of SciPy's stats.t.ppf", () => {
    const scipy = [[0.95, 1, 6.313751514675037], [0.95, 2, 2.919985580355516], [
      0.975,
      4,
      2.7764451051977934,
    ], [0.95, 30, 1.6972608865939578]] as const;
    for (const [probability, freedom, expected] of scipy) {
      assertAlmostEquals(studentQuantile(probability, freedom), expected, 1e-9);
    }
  });
});

describe("the interval of a mean", () => {
  it("is that of SciPy's stats.t.interval", () => {
    const { mean, low, high } = meanInterval([0.1, -0.05, 0.2], 0.9);
    assertAlmostEquals(mean, 0.25 / 3, 1e-12);
    assertAlmostEquals(low, -0.12879870102263102, 1e-9);
    assertAlmostEquals(high, 0.29546536768929754, 1e-9);
  });

  it("is infinite for one value", () => {
    assertEquals(meanInterval([1], 0.95), { mean: 1, low: -Infinity, high: Infinity });
  });
});

describe("equivalence", () => {
  it("needs the whole interval within the margin", () => {
    assert(equivalenceOf([0.01, -0.01, 0.02], 0.05).equivalent);
    assert(!equivalenceOf([0.1, -0.05, 0.2], 0.25).equivalent);
    assert(equivalenceOf([0.1, -0.05, 0.2], 0.3).equivalent);
  });

  it("is not shown by one pair", () => {
    assert(!equivalenceOf([0], 0.25).equivalent);
  });
});
