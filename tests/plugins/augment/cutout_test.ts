import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture, randomStream } from "../../../core/plugin.ts";
import { cutout } from "../../../plugins/augment/cutout.ts";

function flat(data: Picture["data"]): Picture {
  return { data: data.fill(9), width: 40, height: 30, channels: 1 };
}

function hidden({ data }: Picture, level: number): number {
  return [...data].filter((value) => value === level).length;
}

describe("cutout", () => {
  it("hides one square of the size, or what of it lies within", async () => {
    const picture = flat(new Float32Array(1200));
    const pair = { name: "flat", input: picture, target: picture };
    let whole = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { input } = await cutout({ size: 6 })(pair, randomStream(seed));
      const count = hidden(input, 127.5);
      assert(count >= 9 && count <= 36, `${count} pixels`);
      if (count === 36) whole++;
    }
    // Its middle lies 3 pixels or more from every edge in 35 * 25 of 1200 places: 73 expected.
    assert(whole > 50 && whole < 95, `${whole} of 100 whole`);
  });

  it("hides the same in both, or in the input alone", async () => {
    const picture = flat(new Uint8Array(1200));
    const pair = { name: "flat", input: picture, target: picture };
    const both = await cutout({ size: [3, 9], count: 4, level: 0 })(pair, randomStream(1));
    assertEquals(both.input, both.target);
    assert(hidden(both.input, 0) > 9);
    const alone = await cutout({ size: 5, on: "input" })(pair, randomStream(1));
    assert(alone.target === picture);
    assert(hidden(alone.input, 128) > 0);
  });

  it("hides by the same level in 16 bits", async () => {
    const picture = flat(new Uint16Array(1200));
    const pair = { name: "flat", input: picture, target: picture };
    const { input } = await cutout({ size: 5, level: 100 })(pair, randomStream(1));
    assert(hidden(input, 25700) > 0);
  });

  it("refuses what no picture could meet", () => {
    assertThrows(() => cutout({ size: 0 }), PairlabError, "cutout size of 0");
    assertThrows(() => cutout({ size: [2, 3.5] }), PairlabError, "[2, 3.5]");
    assertThrows(() => cutout({ count: -1 }), PairlabError, "-1 squares");
    assertThrows(() => cutout({ level: 256 }), PairlabError, "by 256");
  });
});
