import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { plateau, type PlateauOptions } from "../../../plugins/schedules/plateau.ts";
import fixture from "./fixtures/plateau.json" with { type: "json" };
import { beginningOf } from "./progress.ts";

/** Rates before the first epoch and after each, of a run whose epochs gave these values. */
function rates(
  options: PlateauOptions,
  values: readonly (number | undefined)[],
  name: string,
): number[] {
  const history = values.map((value): Record<string, number> =>
    value === undefined ? { "generator.l1": 1 } : { [name]: value }
  );
  return Array.from({ length: values.length + 1 }, (_, epoch) =>
    plateau(options)({
      ...beginningOf(epoch, 99),
      history: history.slice(0, epoch),
    }));
}

describe("plateau", () => {
  for (const [index, { values, better, options, rates: expected }] of fixture.cases.entries()) {
    it(`has the rates of Torch's ReduceLROnPlateau, case ${index + 1}`, () => {
      const metric = { name: "score", better: better as "lower" | "higher" };
      const found = rates({ rate: 1, metric, ...options }, values, "score");
      found.forEach((rate, epoch) =>
        assertAlmostEquals(rate, expected[epoch]!, 1e-12, `after epoch ${epoch}`)
      );
      assertEquals(found.length, expected.length);
    });
  }

  it("counts the epochs that have a value, and no others", () => {
    const metric = { name: "score", better: "higher" } as const;
    const gaps = [20, undefined, undefined, 20, undefined, 20, undefined];
    const found = rates({ rate: 1, metric, factor: 0.5, patience: 1 }, gaps, "score");
    assertEquals(found, [1, 1, 1, 1, 1, 1, 0.5, 0.5]);
  });

  it("takes values below 0 for better the lower they are, as a critic's are", () => {
    const found = rates({ rate: 1, patience: 0 }, [-1, -2, -4, -4.01], "generator");
    assertEquals(found, [1, 1, 1, 1, 0.2]);
  });

  it("watches the sum of G's losses unless told otherwise, and says so", () => {
    assertEquals(plateau().watches, "generator");
    assertEquals(plateau({ metric: { name: "psnr", better: "higher" } }).watches, "psnr");
  });

  it("refuses what would not lower a rate", () => {
    assertThrows(() => plateau({ factor: 1 }), RangeError, "by the factor 1");
    assertThrows(() => plateau({ patience: -1 }), RangeError, "patience: -1. Use 0 or more");
    assertThrows(() => plateau({ rate: 1e-4, to: 1e-3 }), RangeError, "to 0.001");
  });
});
