import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { checkSplitOptions, splitPairs } from "../../../core/data/splits.ts";

describe("splitPairs", () => {
  it("gives the notebook's 400 and 100 of 500, in order", () => {
    const all = Array.from({ length: 500 }, (_, i) => i);
    const { train, test } = splitPairs(all, 0.8);
    assertEquals([train.length, test.length], [400, 100]);
    assertEquals([...train, ...test], all);
  });

  it("leaves neither side empty", () => {
    for (const share of [0.01, 0.5, 0.99]) {
      for (const count of [2, 3, 4, 10]) {
        const { train, test } = splitPairs(new Array(count).fill(0), share);
        assertEquals(train.length + test.length, count);
        assertEquals([train.length > 0, test.length > 0], [true, true]);
      }
    }
  });

  it("puts a single pair on both sides", () => {
    assertEquals(splitPairs(["only"], 0.8), { train: ["only"], test: ["only"] });
  });
});

describe("checkSplitOptions", () => {
  it("accepts whole numbers from 1 on, and all there are", () => {
    for (const count of [1, 500, Infinity]) checkSplitOptions({ count, trainShare: 0.8 });
  });

  it("refuses other counts and shares", () => {
    for (const count of [0, -1, 1.5, NaN]) {
      assertThrows(
        () => checkSplitOptions({ count, trainShare: 0.8 }),
        PairlabError,
        `${count} pairs`,
      );
    }
    for (const share of [0, 1, -0.1, NaN]) {
      assertThrows(
        () => checkSplitOptions({ count: 500, trainShare: share }),
        PairlabError,
        `share of ${share}`,
      );
    }
  });
});
