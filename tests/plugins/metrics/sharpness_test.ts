import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError, type Picture } from "../../../core/plugin.ts";
import { sharpness, sharpnessRatio } from "../../../plugins/metrics/sharpness.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

/** Vertical stripes of two levels, two pixels wide. */
function stripes(one: number, other: number): Picture {
  const picture = plain(one, 3, 32);
  for (let i = 0; i < picture.data.length; i++) {
    if (Math.floor(i / 3) % 4 > 1) picture.data[i] = other;
  }
  return picture;
}

describeOnEngines("sharpness", () => {
  it("is the variance of SciPy's convolution with a Laplacian", () => assertMeasures(sharpness()));

  it("of a checkerboard of 0 and 255 is that of ±1020", async () => {
    const side = 6;
    const data = Uint8Array.from(
      { length: side * side },
      (_, index) => 255 * ((index + Math.floor(index / side)) % 2),
    );
    const board = { data, height: side, width: side, channels: 1 };
    assertAlmostEquals(await measured(sharpness(), board, board), 1020 ** 2, 1);
  });

  it("in proportion to the target's is SciPy's", () => assertMeasures(sharpnessRatio()));

  it("in proportion is 1 where both are plain", async () => {
    assertEquals(await measured(sharpnessRatio(), plain(9), plain(200)), 1);
  });

  it("in proportion to a target without structure is infinite, so that means leave it out", async () => {
    // A single level of difference, as rounding makes, is no structure: variance below 5/3.
    const almost = plain(100, 3, 32);
    almost.data[500] = 101;
    for (const target of [plain(100, 3, 32), almost]) {
      assertEquals(await measured(sharpnessRatio(), target, stripes(100, 150)), Infinity);
    }
    assertEquals(await measured(sharpnessRatio(), almost, plain(7, 3, 32)), 1);
  });

  it("in proportion counts as 10 beyond it", async () => {
    // Contrast 4 times as large is 16 times the variance, 3 times 9 times.
    const target = stripes(100, 110);
    assertEquals(await measured(sharpnessRatio(), target, stripes(100, 140)), 10);
    assertAlmostEquals(await measured(sharpnessRatio(), target, stripes(100, 130)), 9, 1e-4);
  });

  it("is not told of pictures that have no pixel within, or colours that are not known", async () => {
    const tiny = plain(1, 3, 2), five = plain(1, 5);
    await assertRejects(() => measured(sharpness(), tiny, tiny), PairlabError, "3x3");
    await assertRejects(() => measured(sharpness(), five, five), PairlabError, "5 channels");
  });
});
