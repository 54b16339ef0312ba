import { assertAlmostEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { conformance } from "../../../tests/conformance/mod.ts";
import { mySchedule } from "./schedule.ts";

conformance.schedule("mySchedule", () => mySchedule());

describe("mySchedule", () => {
  it("falls by its factor in each epoch", () => {
    const rate = mySchedule({ rate: 8, factor: 0.5 });
    for (const [epoch, expected] of [8, 4, 2, 1].entries()) {
      const progress = { epoch, epochs: 4, step: 10 * epoch, stepsPerEpoch: 10 };
      assertAlmostEquals(rate(progress), expected);
    }
  });

  it("refuses a factor that ends all learning", () => {
    assertThrows(() => mySchedule({ factor: 0 }), RangeError, "a factor of 0");
  });
});
