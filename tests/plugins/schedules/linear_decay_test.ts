import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linearDecay } from "../../../plugins/schedules/linear_decay.ts";
import { beginningOf, stepOf } from "./progress.ts";

describe("linearDecay", () => {
  it("has the rates of the pytorch repository: 100 epochs constant, 100 falling", () => {
    const rate = linearDecay();
    const at = (epoch: number): number => rate(beginningOf(epoch, 200));
    assertEquals([at(0), at(99)], [2e-4, 2e-4]);
    // 1 - max(0, epoch + 1 - n_epochs) / (n_epochs_decay + 1)
    assertAlmostEquals(at(100), 2e-4 * (1 - 1 / 101), 1e-12);
    assertAlmostEquals(at(150), 2e-4 * (1 - 51 / 101), 1e-12);
    assertAlmostEquals(at(199), 2e-4 * (1 - 100 / 101), 1e-12);
  });

  it("falls towards another rate, reached after the last epoch", () => {
    const rate = linearDecay({ rate: 10, after: 1, to: 2 });
    const rates = [0, 1, 2, 3].map((epoch) => rate(beginningOf(epoch, 4)));
    assertEquals(rates, [10, 8, 6, 4]);
  });

  it("falls from the first epoch on where none is constant", () => {
    const rate = linearDecay({ rate: 4, after: 0 });
    assertEquals([0, 1, 2].map((epoch) => rate(beginningOf(epoch, 3))), [3, 2, 1]);
  });

  it("is the same in all steps of an epoch", () => {
    const rate = linearDecay({ rate: 1, after: 2 });
    assertEquals(rate(stepOf(29, 5)), rate(stepOf(20, 5)));
  });

  it("never falls where all epochs are constant", () => {
    assertEquals(linearDecay({ rate: 1, after: 5 })(beginningOf(4, 5)), 1);
    assertEquals(linearDecay({ rate: 1, after: 9 })(beginningOf(4, 5)), 1);
  });

  it("refuses to begin before the beginning", () => {
    assertThrows(() => linearDecay({ after: -1 }), RangeError, "after -1 epochs");
  });
});
