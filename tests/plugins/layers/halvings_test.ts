import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { filtersFor } from "../../../plugins/layers/halvings.ts";

const depth = (width: number, height: number = width): number =>
  filtersFor("a U-Net", { width, height }).length;

describe("filtersFor", () => {
  it("halves as often as both extents allow", () => {
    assertEquals([8, 16, 64, 128, 256, 512, 1024].map((size) => depth(size)), [
      3,
      4,
      6,
      7,
      8,
      9,
      10,
    ]);
    assertEquals(depth(1024, 768), 8);
    assertEquals(depth(480, 640), 5);
  });

  it("is the paper's for 256x256", () => {
    assertEquals(filtersFor("a U-Net", { width: 256, height: 256 }), [
      64,
      128,
      256,
      512,
      512,
      512,
      512,
      512,
    ]);
  });

  it("takes what is given, if the picture can be halved as often", () => {
    assertEquals(filtersFor("a U-Net", { width: 48, height: 32 }, [3, 4]), [3, 4]);
    assertThrows(() => filtersFor("a U-Net", { width: 48, height: 30 }, [3, 4]), PairlabError);
  });

  it("refuses to leave most of a network out, and names sizes that it takes", () => {
    for (const size of [250, 300, 257, 600, 1080]) {
      const error = assertThrows(() => depth(size), PairlabError);
      const named = [...error.message.matchAll(/(\d+)x\1/g)].slice(1).map(([, size]) => size);
      assertEquals(named.length, 2, error.message);
      for (const extent of named) depth(Number(extent));
    }
  });
});
