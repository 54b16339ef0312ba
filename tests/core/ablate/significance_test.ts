import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { holm, signedRankTest } from "../../../core/ablate/significance.ts";
import cases from "./fixtures/significance.json" with { type: "json" };

describe("the signed-rank test", () => {
  for (const { name, differences, probability } of cases) {
    it(`agrees with SciPy's for ${name}`, () => {
      assertAlmostEquals(signedRankTest(differences), probability, 1e-9 * probability);
    });
  }

  it("does not depend on the order or on which is subtracted", () => {
    const differences = [0.3, -0.1, 0.7, 1.2, -0.2, 0.9];
    const p = signedRankTest(differences);
    assertEquals(signedRankTest(differences.toReversed()), p);
    assertEquals(signedRankTest(differences.map((difference) => -difference)), p);
  });

  it("ranks infinite differences highest, and leaves undefined ones out", () => {
    const p = signedRankTest([0.3, -0.1, 0.7, 1.2, -0.2, 0.9]);
    assertEquals(signedRankTest([0.3, -0.1, 0.7, Infinity, -0.2, 0.9, NaN]), p);
  });

  it("finds nothing where nothing differs", () => {
    assertEquals(signedRankTest([0, 0, 0]), 1);
    assertEquals(signedRankTest([]), 1);
  });
});

describe("Holm's correction", () => {
  it("multiplies the least by the number of tests, the next by one less, and never falls", () => {
    // Sorted: 0.01 x 4 = 0.04, 0.02 x 3 = 0.06, 0.022 x 2 = 0.044 (raised to 0.06), 0.9 x 1.
    assertEquals(holm([0.9, 0.02, 0.01, 0.022]), [0.9, 0.06, 0.04, 0.06]);
  });

  it("gives no probability above 1", () => {
    assertEquals(holm([0.6, 0.7]), [1, 1]);
  });
});
