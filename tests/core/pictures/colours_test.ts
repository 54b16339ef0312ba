import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodePicture } from "../../../core/pictures/decode.ts";
import colours from "./fixtures/colours.json" with { type: "json" };

/** Differences from LittleCMS, in levels of 8 bits. */
async function errors(
  { file, srgb, width, height }: typeof colours[number],
  depth: 8 | 16,
): Promise<{ readonly mean: number; readonly most: number }> {
  const picture = await decodePicture(Uint8Array.fromBase64(file), { depth });
  assertEquals([picture.width, picture.height, picture.channels], [width, height, 3]);
  const expected = new Uint16Array(Uint8Array.fromBase64(srgb).buffer);
  const scale = depth === 16 ? 257 : 1;
  const each = Array.from(picture.data, (v, i) => Math.abs(v / scale - expected[i]! / 257));
  return { mean: each.reduce((sum, v) => sum + v, 0) / each.length, most: Math.max(...each) };
}

describe("decodePicture gives the colours that LittleCMS gives:", () => {
  for (const colour of colours) {
    it(colour.name, async () => {
      const deep = colour.name.includes("16 bits") && !colour.name.includes("CMYK");
      for (const depth of [8, 16] as const) {
        const { mean, most } = await errors(colour, depth);
        if (deep) {
          // Half a level is what rounding to 8 bits costs.
          assert(mean < (depth === 16 ? 0.05 : 0.25), `mean ${mean} at ${depth} bits`);
          assert(most < (depth === 16 ? 0.4 : 0.51), `most ${most} at ${depth} bits`);
        } else {
          // libvips converts files of 8 bits in 8 bits, coarsely where a curve is steep.
          assert(mean < 0.4, `mean ${mean} at ${depth} bits`);
          assert(
            most < (colour.name.includes("ProPhoto") ? 5 : 2),
            `most ${most} at ${depth} bits`,
          );
        }
      }
    });
  }
});

describe("decodePicture gives the same picture in 8 and in 16 bits:", () => {
  for (const colour of colours.filter(({ name }) => name.includes("8 bits"))) {
    it(colour.name, async () => {
      const twin = colours.find(({ name }) => name === colour.name.replace("8 bits", "16 bits"))!;
      for (const channels of [1, 3]) {
        const [a, b] = await Promise.all(
          [colour, twin].map(({ file }) =>
            decodePicture(Uint8Array.fromBase64(file), { channels })
          ),
        );
        const most = Math.max(...a!.data.map((value, i) => Math.abs(value - b!.data[i]!)));
        const coarse = colour.name.includes("ProPhoto") ? 5 : 2;
        assert(most <= coarse, `${most} levels apart with ${channels} channels`);
      }
    });
  }
});
