import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { layerSeed } from "../../../plugins/layers/seed.ts";

describe("layerSeed", () => {
  it("differs by the network's seed and by the layer's name", () => {
    const seeds = [layerSeed(1, "a"), layerSeed(2, "a"), layerSeed(1, "b"), layerSeed(1, "ab")];
    assertEquals(new Set(seeds).size, seeds.length);
    assertEquals(layerSeed(1, "a"), seeds[0]);
  });

  it("fits into an int32", () => {
    for (let seed = 0; seed < 200; seed++) {
      const found = layerSeed(seed, "down1_convolution");
      assert(Number.isInteger(found) && found >= 0 && found < 2 ** 31, String(found));
    }
  });
});
