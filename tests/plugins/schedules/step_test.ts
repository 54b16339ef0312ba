import { assertAlmostEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { step } from "../../../plugins/schedules/step.ts";
import { beginningOf } from "./progress.ts";

describe("step", () => {
  it("has a tenth of the rate after each 50 epochs", () => {
    const rates = [0, 49, 50, 99, 100].map((epoch) => step()(beginningOf(epoch, 200)));
    [2e-4, 2e-4, 2e-5, 2e-5, 2e-6].forEach((expected, index) =>
      assertAlmostEquals(rates[index]!, expected, 1e-12)
    );
  });

  it("goes by the number of epochs and the factor that it is told", () => {
    const rate = step({ rate: 8, every: 3, factor: 0.5 });
    assertAlmostEquals(rate(beginningOf(2, 9)), 8);
    assertAlmostEquals(rate(beginningOf(8, 9)), 2);
  });

  it("refuses steps of no epochs", () => {
    assertThrows(() => step({ every: 0 }), RangeError, "every 0 epochs");
  });
});
