import { assertAlmostEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { ssimIndex } from "../../../plugins/metrics/ssim.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

describeOnEngines("ssim", () => {
  it("is scikit-image's and TensorFlow's in a Gaussian window", () => assertMeasures(ssimIndex()));

  it("is scikit-image's with the covariance of a sample", () =>
    assertMeasures(ssimIndex({ sampleCovariance: true }), "ssim sample"));

  it("is scikit-image's own default in a uniform window of 7", () =>
    assertMeasures(
      ssimIndex({ window: 7, weights: "uniform", sampleCovariance: true }),
      "ssim uniform",
    ));

  it("is scikit-image's in a uniform window of 5", () =>
    assertMeasures(ssimIndex({ window: 5, weights: "uniform" }), "ssim narrow"));

  it("is that of the luminances alone where nothing varies, over all of 0…255", async () => {
    const c1 = (0.01 * 255) ** 2;
    const expected = (2 * 5 * 250 + c1) / (5 ** 2 + 250 ** 2 + c1);
    assertAlmostEquals(await measured(ssimIndex(), plain(5), plain(250)), expected, 1e-5);
  });

  it("refuses pictures into which its window does not fit", () =>
    assertRejects(
      () => measured(ssimIndex(), plain(1, 3, 8), plain(1, 3, 8)),
      PairlabError,
      "8x8",
    ).then(() => {}));
});
