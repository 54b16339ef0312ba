import { assertAlmostEquals, assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

describeOnEngines("psnr", () => {
  it("is scikit-image's", () => assertMeasures(psnr()));

  it("does not wrap around where 8 bits would", async () => {
    // As 8-bit numbers 5 - 250 is 11.
    for (const [target, prediction] of [[5, 250], [250, 5]] as const) {
      const value = await measured(psnr(), plain(target), plain(prediction));
      assertAlmostEquals(value, 20 * Math.log10(255 / 245), 1e-5);
    }
  });

  it("is the same of 16 bits and of floats that say the same", async () => {
    const [target, prediction] = [plain(40), plain(60)];
    const expected = await measured(psnr(), target, prediction);
    const deep = [target, prediction].map((picture) => ({
      ...picture,
      data: Uint16Array.from(picture.data, (level) => level * 257),
    }));
    assertAlmostEquals(await measured(psnr(), deep[0]!, deep[1]!), expected, 1e-4);
    const float = { ...prediction, data: Float32Array.from(prediction.data) };
    assertAlmostEquals(await measured(psnr(), target, float), expected, 1e-4);
  });

  it("is infinite where nothing differs", async () => {
    assertEquals(await measured(psnr(), plain(77), plain(77)), Infinity);
  });
});
