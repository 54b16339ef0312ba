import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Picture } from "../../../../core/plugin.ts";
import { randomStream } from "../../../../core/random/stream.ts";
import { layTiles } from "../../../../core/predict/tiles/layout.ts";
import { measureSeams } from "../../../../core/predict/tiles/seams.ts";

const tile = { width: 32, height: 32 };

/** Noise, brighter by `more` levels wherever `bright` says. */
function noise(more = 0, bright: (x: number, y: number) => boolean = () => false): Picture {
  const random = randomStream(3, "noise");
  const width = 100, height = 90;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const level = 100 + random.integer(9);
    return bright(pixel % width, Math.floor(pixel / width)) ? level + more : level;
  });
  return { data, width, height, channels: 3 };
}

describe("seams", () => {
  it("are as steps elsewhere where there are none", () => {
    for (const overlap of [0, 8]) {
      const seams = measureSeams(noise(), layTiles(noise(), tile, overlap))!;
      assert(Math.abs(seams.ratio - 1) < 0.05, `${seams.ratio}`);
    }
  });

  it("are told by the steps across them, whichever way they run", () => {
    const tiling = layTiles(noise(), tile, 0);
    const upright = tiling.lefts[1]!, level = tiling.tops[2]!;
    const { ratio: plain } = measureSeams(noise(), tiling)!;
    const { ratio: across } = measureSeams(noise(60, (x) => x >= upright), tiling)!;
    const { ratio: down } = measureSeams(noise(60, (_, y) => y >= level), tiling)!;
    assert(across > 3 * plain && down > 3 * plain, `${plain} ${across} ${down}`);
    // The same step beside the seams makes them no more conspicuous.
    const { ratio: beside } = measureSeams(noise(60, (x) => x >= upright + 8), tiling)!;
    assert(beside < plain, `${beside}`);
  });

  it("are the lines where a tile begins to weigh, ends, and weighs as its neighbour", () => {
    // Tiles of 16 begin at 0 and 8, and blend from 10 to 14: a quarter of the overlap is no one's.
    const row = (at: number): Picture => ({
      data: Uint8Array.from({ length: 24 }, (_, x) => x + (x >= at ? 50 : 0)),
      width: 24,
      height: 1,
      channels: 1,
    });
    const tiling = layTiles(row(0), { width: 16, height: 16 }, 8);
    assertEquals(tiling.lefts, [0, 8]);
    const seen = Array.from({ length: 23 }, (_, at) => at + 1)
      .filter((at) => measureSeams(row(at), tiling)!.across > 1);
    assertEquals(seen, [10, 12, 14]);
  });

  it("are measured in levels of 255 in 16 bits too", () => {
    const picture = noise();
    const deep = { ...picture, data: Uint16Array.from(picture.data, (level) => level * 257) };
    const tiling = layTiles(picture, tile);
    const shallow = measureSeams(picture, tiling)!;
    assert(Math.abs(measureSeams(deep, tiling)!.across - shallow.across) < 1e-9);
  });

  it("are none of a picture of one tile, and plain in one of one colour", () => {
    const small = { data: new Uint8Array(12), width: 4, height: 3, channels: 1 };
    assertEquals(measureSeams(small, layTiles(small, tile)), null);
    const flat = { data: new Uint8Array(6400), width: 80, height: 80, channels: 1 };
    assertEquals(measureSeams(flat, layTiles(flat, tile))?.ratio, 1);
  });
});
