import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isMeasured } from "../../../core/health/schedule.ts";

const stepsOf = (every: number, last: number): number[] =>
  Array.from({ length: last }, (_, index) => index + 1).filter((step) => isMeasured(step, every));

describe("the schedule of measurements", () => {
  it("begins close together and ends so many steps apart", () => {
    assertEquals(stepsOf(250, 1100), [10, 15, 22, 33, 49, 73, 109, 163, 244, 366, 549, 799, 1049]);
  });

  it("measures each step where it is told to", () => {
    assertEquals(stepsOf(1, 5), [1, 2, 3, 4, 5]);
    assertEquals(stepsOf(2, 9), [2, 3, 4, 6, 8]);
  });

  it("costs less than one step in 200 in a training of the paper's length", () => {
    assert(stepsOf(250, 80_000).length < 400);
  });
});
