import { assertRejects, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { multiScaleSsimIndex } from "../../../plugins/metrics/multi_scale_ssim.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

describeOnEngines("ms-ssim", () => {
  it("is TensorFlow's, at as many of the five scales as have room", () =>
    assertMeasures(multiScaleSsimIndex()));

  it("refuses pictures without room for the scales that it is told", async () => {
    const metric = multiScaleSsimIndex({ exponents: [0.5, 0.5] });
    await assertRejects(() => measured(metric, plain(1), plain(1)), PairlabError, "1 exponents");
    const tiny = plain(1, 3, 8);
    await assertRejects(() => measured(multiScaleSsimIndex(), tiny, tiny), PairlabError, "8x8");
  });

  it("refuses to compare at no scale", () => {
    assertThrows(() => multiScaleSsimIndex({ exponents: [] }), RangeError);
  });
});
