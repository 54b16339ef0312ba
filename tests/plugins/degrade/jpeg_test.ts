import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError, type Picture, randomStream } from "../../../core/plugin.ts";
import { jpeg } from "../../../plugins/degrade/jpeg.ts";
import { difference, spoil, structured } from "./pictures.ts";

describe("jpeg", () => {
  it("does more harm the lower the quality", async () => {
    const picture = structured();
    const harm = await Promise.all(
      [95, 60, 20, 5].map(async (quality) =>
        difference(await spoil(jpeg({ quality }), picture), picture)
      ),
    );
    assert(harm.every((value, i) => i === 0 || value > harm[i - 1]!), `${harm}`);
    assert(harm[0]! < 4, `${harm[0]}`);
  });

  it("draws whole qualities, both ends among them, and says which", async () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const { parameters } = await jpeg({ quality: [30, 33] }).apply(
        structured(16),
        randomStream(seed),
      );
      seen.add(parameters["quality"]!);
    }
    assertEquals([...seen].sort(), [30, 31, 32, 33]);
  });

  it("keeps the type of the pixels", async () => {
    const { data, ...rest } = structured(16);
    const expected = await spoil(jpeg({ quality: 40 }), { data, ...rest });
    const deep: Picture = { ...rest, data: Uint16Array.from(data, (value) => value * 257) };
    const spoilt = await spoil(jpeg({ quality: 40 }), deep);
    assertEquals(spoilt.data, Uint16Array.from(expected.data, (value) => value * 257));
    const floats: Picture = { ...rest, data: Float32Array.from(data) };
    const inFloats = await spoil(jpeg({ quality: 40 }), floats);
    assertEquals(inFloats.data, Float32Array.from(expected.data));
  });

  it("refuses qualities that are none, and channels that JPEG has not", async () => {
    for (const quality of [0, 101, 50.5]) {
      assertThrows(() => jpeg({ quality }), PairlabError, `quality of ${quality}`);
    }
    const five = { data: new Uint8Array(5), width: 1, height: 1, channels: 5 };
    await assertRejects(() => spoil(jpeg(), five), PairlabError, "5 channels as JPEG");
  });
});
