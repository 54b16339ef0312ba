import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { checkRange, drawFrom, drawWhole } from "../../../core/random/range.ts";
import { randomStream } from "../../../core/random/stream.ts";

describe("drawing from a range", () => {
  it("gives every part of it as often", () => {
    const random = randomStream(1);
    const counts = new Array<number>(4).fill(0);
    for (let i = 0; i < 4000; i++) counts[Math.floor(drawFrom([10, 14], random)) - 10]!++;
    // 1000 expected, standard deviation 27.
    assert(counts.every((count) => Math.abs(count - 1000) < 140), `${counts}`);
  });

  it("gives whole numbers, both ends among them", () => {
    const random = randomStream(2);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) seen.add(drawWhole([3, 6], random));
    assertEquals([...seen].sort(), [3, 4, 5, 6]);
  });

  it("draws nothing where the number is fixed", () => {
    const random = randomStream(3), other = randomStream(3);
    assertEquals([drawFrom(7, random), drawWhole(8, random)], [7, 8]);
    assertEquals(random.uniform(), other.uniform());
  });
});

describe("checkRange", () => {
  const limits = { name: "sigma", least: 0, most: 10, example: "0 to 10" };

  it("accepts what lies within, the ends and fixed numbers too", () => {
    for (const range of [0, 10, [0, 10], [2.5, 2.5]] as const) checkRange(range, limits);
  });

  it("refuses what does not, and ends that are exchanged", () => {
    for (const range of [-1, 11, NaN, [0, 11], [-1, 5], [5, 4], [0, Infinity]] as const) {
      assertThrows(() => checkRange(range, limits), PairlabError, "Cannot use a sigma of ");
    }
    assertThrows(() => checkRange([1, 2.5], { ...limits, whole: true }), PairlabError, "[1, 2.5]");
  });
});
