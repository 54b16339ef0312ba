import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture, randomStream } from "../../../core/plugin.ts";
import { crop } from "../../../plugins/augment/crop.ts";

/** Red says the column, green the row. */
function coordinates(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width)], i * 3);
  return { data, width, height, channels: 3 };
}

describe("crop", () => {
  it("cuts the same out of both, at every place as often", async () => {
    const picture = coordinates(12, 10);
    const pair = { name: "places", input: picture, target: picture };
    const lefts = new Array<number>(5).fill(0), tops = new Array<number>(4).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      const { input, target } = await crop({ size: { width: 8, height: 7 } })(
        pair,
        randomStream(seed),
      );
      assertEquals([input.width, input.height], [8, 7]);
      assertEquals(input, target);
      lefts[input.data[0]!]!++;
      tops[input.data[1]!]!++;
    }
    // 400 and 500 expected, standard deviations 18 and 19.
    assert(lefts.every((count) => Math.abs(count - 400) < 90), `${lefts}`);
    assert(tops.every((count) => Math.abs(count - 500) < 95), `${tops}`);
  });

  it("cuts nothing off what has the size already", async () => {
    const picture = coordinates(8, 8);
    const pair = { name: "whole", input: picture, target: picture };
    assertEquals(await crop({ size: 8 })(pair, randomStream(1)), pair);
  });

  it("refuses pairs that are too small, or of two sizes, and sizes that are none", async () => {
    const small = { name: "small", input: coordinates(8, 8), target: coordinates(8, 8) };
    await assertRejects(
      async () => await crop()(small, randomStream(1)),
      PairlabError,
      'Cannot cut 256x256 out of the pair "small": its pictures are 8x8. Use larger ones, or jitter.',
    );
    const odd = { name: "odd", input: coordinates(9, 8), target: coordinates(8, 8) };
    await assertRejects(
      async () => await crop({ size: 4 })(odd, randomStream(1)),
      PairlabError,
      "its input is 9x8 and its target 8x8",
    );
    assertThrows(() => crop({ size: 0 }), PairlabError, "0x0");
  });
});
