import { assertAlmostEquals, assertRejects, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { measurePictures } from "../../../core/evaluate/measure.ts";
import { PairlabError } from "../../../core/plugin.ts";
import {
  labDistributionIntersection,
  labHistogramIntersection,
} from "../../../plugins/metrics/lab_histogram_intersection.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import expected from "./fixtures/metrics.json" with { type: "json" };
import { assertMeasures, comparedSet, measured, plain } from "./pictures.ts";

const CHANNELS = ["L", "a", "b"] as const;

describeOnEngines("the intersection of histograms", () => {
  for (const channel of CHANNELS) {
    it(`of ${channel} is that of scikit-image's colours in NumPy's histograms`, async () => {
      await assertMeasures(labHistogramIntersection({ channel }));
      await assertMeasures(
        labHistogramIntersection({ channel, binWidth: 8 }),
        `lab-${channel} wide`,
      );
    });

    it(`of ${channel} in all pictures together is that of the distributions`, async () => {
      const metric = labDistributionIntersection({ channel });
      const { sets } = await measurePictures([metric], comparedSet(12));
      const value = expected.sets[`lab-distribution-${channel}`];
      assertAlmostEquals(sets[metric.name] ?? NaN, value, 1e-4);
    });
  }

  it("counts grey of all levels as one colour, and black and white as light", async () => {
    for (const level of [1, 77, 128, 200, 255]) {
      for (const channel of ["a", "b"] as const) {
        const metric = labHistogramIntersection({ channel });
        assertAlmostEquals(await measured(metric, plain(level), plain(0)), 1, 1e-6);
      }
    }
    const metric = labHistogramIntersection({ channel: "L" });
    assertAlmostEquals(await measured(metric, plain(255), plain(0)), 0, 1e-6);
    assertAlmostEquals(await measured(metric, plain(255), plain(255)), 1, 1e-6);
  });

  it("refuses pictures that have no colours, and bins that have no width", async () => {
    const metric = labHistogramIntersection({ channel: "a" });
    await assertRejects(() => measured(metric, plain(1, 1), plain(1, 1)), PairlabError, "RGB");
    for (const binWidth of [0, -1, NaN]) {
      assertThrows(() => labHistogramIntersection({ channel: "a", binWidth }), RangeError);
      assertThrows(() => labDistributionIntersection({ channel: "a", binWidth }), RangeError);
    }
  });
});
