import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { checkSameSize, sizeInWords, sizesNear } from "../../../plugins/layers/sizes.ts";

describe("sizes", () => {
  it("are written width first", () => {
    assertEquals(sizeInWords({ height: 2, width: 3 }), "3x2");
  });

  it("that would work are the next ones below and above, once if they are the same", () => {
    assertEquals(sizesNear({ width: 250, height: 250 }, 256), "256x256");
    assertEquals(sizesNear({ width: 300, height: 250 }, 32), "288x224 or 320x256");
    assertEquals(sizesNear({ width: 64, height: 70 }, 32), "64x64 or 64x96");
  });

  it("that would work are not less than the least", () => {
    assertEquals(sizesNear({ width: 3, height: 5 }, 4), "4x4 or 4x8");
    assertEquals(sizesNear({ width: 3, height: 5 }, 4, 2), "8x8");
  });

  it("of input and target are the same, or the network is refused", () => {
    const input = { width: 16, height: 8, channels: 1 };
    checkSameSize("a network", { input, target: { ...input, channels: 3 } });
    assertThrows(
      () => checkSameSize("a network", { input, target: { ...input, height: 16 } }),
      PairlabError,
      "Cannot build a network from 16x8 to 16x16. Use the same size for both.",
    );
  });
});
