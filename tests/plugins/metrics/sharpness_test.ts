import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { sharpness, sharpnessRatio } from "../../../plugins/metrics/sharpness.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

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

  it("is not told of pictures that have no pixel within, or colours that are not known", async () => {
    const tiny = plain(1, 3, 2), five = plain(1, 5);
    await assertRejects(() => measured(sharpness(), tiny, tiny), PairlabError, "3x3");
    await assertRejects(() => measured(sharpness(), five, five), PairlabError, "5 channels");
  });
});
