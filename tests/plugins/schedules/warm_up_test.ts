import { assertAlmostEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { warmUp } from "../../../plugins/schedules/warm_up.ts";
import { stepOf } from "./progress.ts";

describe("warmUp", () => {
  it("begins with a share of a fixed rate, and has all of it in step `steps`", () => {
    const rate = warmUp(5, { steps: 20 });
    const rates = [0, 9, 18, 19, 20, 35].map((step) => rate(stepOf(step, 4)));
    [0.25, 2.5, 4.75, 5, 5, 5].forEach((expected, index) =>
      assertAlmostEquals(rates[index]!, expected)
    );
  });

  it("lowers what another schedule says at the time", () => {
    const falling = ({ epoch }: { epoch: number }): number => 1 / 2 ** epoch;
    const rate = warmUp(falling, { steps: 15 });
    assertAlmostEquals(rate(stepOf(9, 4)), 10 / 15);
    assertAlmostEquals(rate(stepOf(11, 4)), 0.5 * 12 / 15);
    assertAlmostEquals(rate(stepOf(20, 4)), 0.25);
  });

  it("refuses to warm up for no time", () => {
    assertThrows(() => warmUp(1, { steps: 0 }), RangeError, "for 0 steps");
  });
});
