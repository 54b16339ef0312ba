import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { median, timingOf } from "./statistics.ts";

describe("the median", () => {
  it("is the value in the middle, whatever the order", () => {
    assertEquals(median([9, 1, 5]), 5);
    assertEquals(median([7]), 7);
  });

  it("is the mean of the two in the middle of an even number", () => {
    assertEquals(median([4, 1, 3, 100]), 3.5);
  });

  it("sorts by value, not by digits, and leaves the numbers as they are", () => {
    const values = [100, 20, 3];
    assertEquals(median(values), 20);
    assertEquals(values, [100, 20, 3]);
  });

  it("of nothing is refused", () => {
    assertThrows(() => median([]), RangeError, "no numbers");
  });
});

describe("a timing", () => {
  it("gives how many, the median and the least", () => {
    assertEquals(timingOf([3, 1, 200]), { count: 3, median: 3, min: 1 });
  });
});
