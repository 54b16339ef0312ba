import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { philox } from "../../../core/random/philox.ts";
import { deriveKey, type Random, randomStream } from "../../../core/random/stream.ts";

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

/** Pearson's chi-square of counts that should all be alike. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number =>
    x.reduce((sum, value) => sum + value, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  const deviation = (x: readonly number[], m: number): number =>
    Math.sqrt(mean(x.map((value) => (value - m) ** 2)));
  return product / (deviation(a, meanA) * deviation(b, meanB));
}

describe("deriveKey", () => {
  it("is the seed itself for an empty path", () => {
    assertEquals(deriveKey(23, []), [23, 0]);
    assertEquals(deriveKey(2 ** 32 + 5, []), [5, 1]);
  });

  it("absorbs a number as one counter under the key so far", () => {
    const [first, second] = philox([7, 0, 0, 0], [23, 0]);
    assertEquals(deriveKey(23, [7]), [first, second]);
  });

  it("separates paths that read alike when they are joined", () => {
    const keys = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["1"], [1], [], [0], [""]]
      .map((path) => deriveKey(23, path as (string | number)[]).join());
    assertEquals(new Set(keys).size, keys.length);
  });
});

describe("randomStream", () => {
  it("draws 53 bits from two words of Philox under the derived key", () => {
    const key = deriveKey(23, ["augment", 1, 0]);
    const words = [...philox([0, 0, 0, 0], key), ...philox([1, 0, 0, 0], key)];
    const expected = [0, 2, 4, 6].map((i) =>
      Number((BigInt(words[i]! >>> 5) << 26n) + BigInt(words[i + 1]! >>> 6)) / 2 ** 53
    );
    const stream = randomStream(23, "augment", 1, 0);
    assertEquals(take(4, stream.uniform), expected);
  });

  it("repeats itself for the same key, and for no other", () => {
    const draw = (...path: (string | number)[]): number[] =>
      take(8, randomStream(23, ...path).uniform);
    assertEquals(draw("augment", 1, 0), draw("augment", 1, 0));
    assertNotEquals(draw("augment", 1, 0), draw("augment", 1, 1));
    assertNotEquals(draw("augment", 1, 0), draw("augment", 0, 1));
    assertNotEquals(draw("augment"), draw("shuffle"));
    assertNotEquals(take(8, randomStream(23).uniform), take(8, randomStream(24).uniform));
  });

  it("is uniform: a hundred cells hold alike", () => {
    const { uniform } = randomStream(23, "cells");
    const cells = new Array<number>(100).fill(0);
    for (const value of take(100_000, uniform)) {
      assert(value >= 0 && value < 1);
      cells[Math.floor(value * 100)]!++;
    }
    // 99 degrees of freedom: above 160 once in 10 000 seeds, below 50 as seldom.
    assert(chiSquare(cells) > 50 && chiSquare(cells) < 160);
  });

  it("has streams of neighbouring names that do not follow one another", () => {
    const n = 20_000;
    const streams: Random[] = [0, 1, 2].map((index) => randomStream(23, "augment", 1, index));
    const [a, b, c] = streams.map(({ uniform }) => take(n, uniform)) as [
      number[],
      number[],
      number[],
    ];
    const limit = 5 / Math.sqrt(n);
    assert(Math.abs(correlation(a, b)) < limit);
    assert(Math.abs(correlation(b, c)) < limit);
    assert(Math.abs(correlation(a.slice(1), a.slice(0, -1))) < limit);
  });

  it("gives each whole number below a bound as often", () => {
    const { integer } = randomStream(23, "integers");
    const counts = new Array<number>(7).fill(0);
    for (const value of take(70_000, () => integer(7))) counts[value]!++;
    assert(counts.every((count) => count > 0));
    // 6 degrees of freedom: above 28 once in 10 000 seeds.
    assert(chiSquare(counts) < 28);
  });

  it("draws standard normal numbers", () => {
    const n = 100_000;
    const values = take(n, randomStream(23, "normal").normal);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / n;
    const withinOne = values.filter((value) => Math.abs(value) < 1).length / n;
    assert(Math.abs(mean) < 5 / Math.sqrt(n));
    assert(Math.abs(variance - 1) < 5 * Math.sqrt(2 / n));
    assert(Math.abs(withinOne - 0.6827) < 5 * Math.sqrt(0.6827 * 0.3173 / n));
  });

  it("shuffles into each order as often, and leaves the original alone", () => {
    const { shuffle } = randomStream(23, "orders");
    const original = ["a", "b", "c", "d"];
    const orders = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = shuffle(original).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    assertEquals(original, ["a", "b", "c", "d"]);
    assertEquals(orders.size, 24);
    // 23 degrees of freedom: above 56 once in 10 000 seeds.
    assert(chiSquare([...orders.values()]) < 56);
  });
});
