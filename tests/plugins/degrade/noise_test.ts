import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture } from "../../../core/plugin.ts";
import { noise } from "../../../plugins/degrade/noise.ts";
import { difference, mean, spoil } from "./pictures.ts";

function grey(data: Picture["data"], level: number): Picture {
  return { data: data.fill(level), width: data.length / 64 / 3, height: 64, channels: 3 };
}

describe("noise", () => {
  const picture = grey(new Float32Array(64 * 64 * 3), 128);

  it("is normal, of the deviation, and neither brighter nor darker", async () => {
    const noisy = await spoil(noise({ deviation: 12 }), picture);
    // 12288 pixels: standard errors 0.11 and 0.08.
    assertAlmostEquals(mean(noisy), 128, 0.5);
    assertAlmostEquals(difference(noisy, picture), 12, 0.4);
    const offsets = [...noisy.data].map((value) => Math.abs(value - 128) / 12);
    const within = (limit: number): number =>
      offsets.filter((offset) => offset < limit).length / offsets.length;
    assertAlmostEquals(within(1), 0.683, 0.02);
    assertAlmostEquals(within(2), 0.954, 0.01);
  });

  it("is of no correlation between neighbours or channels, unless it is grey", async () => {
    const correlation = ({ data }: Picture, offset: number): number => {
      let sum = 0;
      for (let i = 0; i + offset < data.length; i += 3) {
        sum += (data[i]! - 128) * (data[i + offset]! - 128);
      }
      return sum / (data.length / 3) / 144;
    };
    const coloured = await spoil(noise({ deviation: 12 }), picture);
    for (const offset of [1, 2, 3, 192]) {
      // 4096 products: standard error 0.016.
      assert(Math.abs(correlation(coloured, offset)) < 0.08, `${correlation(coloured, offset)}`);
    }
    const even = await spoil(noise({ deviation: 12, colour: false }), picture);
    assertAlmostEquals(correlation(even, 1), 1, 0.1);
    assert(Math.abs(correlation(even, 3)) < 0.08);
  });

  it("means the same levels in 8 and in 16 bits, and clips", async () => {
    const deep = grey(new Uint16Array(64 * 64 * 3), 128 * 257);
    assertAlmostEquals(
      difference(await spoil(noise({ deviation: 10 }), deep), deep) / 257,
      10,
      0.4,
    );
    const white = await spoil(noise({ deviation: 50 }), grey(new Uint8Array(64 * 64 * 3), 255));
    // Half of it stays white: an array would have made 256 black.
    const still = [...white.data].filter((value) => value === 255).length / white.data.length;
    assertAlmostEquals(still, 0.5, 0.03);
    assert(Math.min(...white.data) > 20);
  });

  it("changes nothing by a deviation of 0, and refuses others that are none", async () => {
    assertEquals(await spoil(noise({ deviation: 0 }), picture), picture);
    assertThrows(() => noise({ deviation: 300 }), PairlabError, "deviation of 300");
  });
});
