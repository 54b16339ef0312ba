import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../../core/base/errors.ts";
import { layTiles, weightsOf } from "../../../../core/predict/tiles/layout.ts";

const square = (side: number) => ({ width: side, height: side });

describe("tiles", () => {
  it("cover pictures of every size, the same beyond both edges, and none in vain", () => {
    for (const overlap of [0, 1, 4, 8]) {
      for (let extent = 1; extent <= 70; extent++) {
        const { lefts } = layTiles({ width: extent, height: 1 }, square(16), overlap);
        const before = -lefts[0]!, after = lefts.at(-1)! + 16 - extent;
        assert(before >= 0 && after - before >= 0 && after - before <= 1, `${extent}, ${overlap}`);
        assertEquals(new Set(lefts.slice(1).map((left, at) => left - lefts[at]!)).size < 2, true);
        const fewer = (lefts.length - 1) * (16 - overlap) + overlap;
        assert(lefts.length === 1 || fewer < extent, "one tile less would do");
      }
    }
  });

  it("are one, at its place, for a picture of a tile's size", () => {
    const tiling = layTiles({ width: 64, height: 32 }, { width: 64, height: 32 });
    assertEquals(tiling, { tile: { width: 64, height: 32 }, overlap: 8, tops: [0], lefts: [0] });
  });

  it("weigh 1 together at each pixel", () => {
    for (const overlap of [0, 1, 2, 5, 8]) {
      const count = 4, side = 16, step = side - overlap;
      const sums = new Float64Array(step * count + overlap);
      for (let index = 0; index < count; index++) {
        weightsOf(index, count, { side, overlap }).forEach((weight, at) => {
          sums[index * step + at]! += weight;
        });
      }
      assertEquals(sums, sums.map(() => 1), `an overlap of ${overlap}`);
    }
  });

  it("weigh nothing next to an edge that they share, and more and more from there", () => {
    const weights = [...weightsOf(1, 2, { side: 16, overlap: 8 })].slice(0, 8);
    assertEquals([weights.slice(0, 2), weights.slice(6)], [[0, 0], [1, 1]]);
    // sin² of 1/8, 3/8, … of a right angle.
    const expected = [1, 3, 5, 7].map((eighths) => Math.sin(eighths * Math.PI / 16) ** 2);
    expected.forEach((weight, at) => assert(Math.abs(weights[at + 2]! - weight) < 1e-15));
    assertEquals(weightsOf(0, 1, { side: 16, overlap: 8 }), new Float64Array(16).fill(1));
  });

  it("refuse to overlap by more than a half, or by parts of pixels", () => {
    for (const overlap of [9, -1, 0.5, NaN]) {
      assertThrows(
        () => layTiles(square(40), { width: 32, height: 16 }, overlap),
        PairlabError,
        "Use a whole number from 0 to 8.",
      );
    }
  });
});
