import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture, randomStream } from "../../../core/plugin.ts";
import { colour, type ColourOptions } from "../../../plugins/augment/colour.ts";

const still: ColourOptions = { brightness: 1, contrast: 1, saturation: 1 };

function rgb(...data: number[]): Picture {
  return { data: new Float32Array(data), width: data.length / 3, height: 1, channels: 3 };
}

async function changed(picture: Picture, options: ColourOptions): Promise<number[]> {
  const pair = { name: "colours", input: picture, target: picture };
  const { input } = await colour({ ...still, ...options })(pair, randomStream(1));
  return [...input.data].map((value) => Math.round(value * 10) / 10);
}

describe("colour", () => {
  // The first pixel's grey is 0.299 * 60 + 0.587 * 40 + 0.114 * 200 = 64.22, the second's 20; the
  // picture's mean is 42.11. Numbers are rounded to tenths.
  const picture = rgb(60, 40, 200, 20, 20, 20);

  it("multiplies every level by the brightness", async () => {
    assertEquals(await changed(picture, { brightness: 1.2 }), [72, 48, 240, 24, 24, 24]);
    assertEquals(await changed(picture, { brightness: 2 }), [120, 80, 255, 40, 40, 40]);
  });

  it("brings levels nearer to the picture's mean by the contrast", async () => {
    const expected = [51.1, 41.1, 121.1, 31.1, 31.1, 31.1];
    assertEquals(await changed(picture, { contrast: 0.5 }), expected);
  });

  it("brings colours nearer to their grey by the saturation", async () => {
    assertEquals(await changed(picture, { saturation: 0 }), [64.2, 64.2, 64.2, 20, 20, 20]);
    assertEquals(await changed(picture, { saturation: 0.5 }), [62.1, 52.1, 132.1, 20, 20, 20]);
  });

  it("changes nothing by factors of 1, in any type", async () => {
    for (const data of [new Uint8Array([1, 200, 3]), new Uint16Array([1, 60000, 3])]) {
      const whole = { data, width: 1, height: 1, channels: 3 };
      assertEquals(await changed(whole, {}), [...data]);
    }
  });

  it("does to 16 bits what it does to 8", async () => {
    const deep = { ...picture, data: Uint16Array.from(picture.data, (value) => value * 257) };
    const options = { brightness: 1.1, contrast: 0.7, saturation: 0.4 };
    const expected = await changed(picture, options);
    for (const [i, value] of (await changed(deep, options)).entries()) {
      assert(Math.abs(value / 257 - expected[i]!) < 0.06, `${value / 257}, ${expected[i]}`);
    }
  });

  it("changes the side that it is told to", async () => {
    const pair = { name: "colours", input: picture, target: picture };
    const augment = (on: "input" | "target"): ReturnType<typeof colour> =>
      colour({ ...still, brightness: 0.5, on });
    const first = await augment("input")(pair, randomStream(1));
    assertEquals([first.input.data[0], first.target.data[0]], [30, 60]);
    const second = await augment("target")(pair, randomStream(1));
    assertEquals([second.input.data[0], second.target.data[0]], [60, 30]);
  });

  it("refuses factors that are none", () => {
    assertThrows(() => colour({ contrast: -1 }), PairlabError, "contrast of -1");
    assertThrows(() => colour({ saturation: [1, NaN] }), PairlabError, "saturation");
  });
});
