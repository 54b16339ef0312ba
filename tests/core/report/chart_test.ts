/** The numbers that the pages' charts show: the script that the live page and reports share. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { describeSmoothing, rowOf, smoothingSteps } from "../../../core/report/page/chart.js";

const look = { label: "a", colour: 0, dash: 0 };
// A value counts half as much for each step that it lies back.
const over = 1 / Math.LN2;

describe("a line of a chart", () => {
  it("is smoothed by weights that halve with each step", () => {
    const curve = { steps: [1, 2, 3], values: [1, 2, 4] };
    const { smoothed } = rowOf(look, curve, [1, 2, 3], { over, logarithmic: false });
    // (1/2 + 2) / (1/2 + 1), (1/4 + 1 + 4) / (1/4 + 1/2 + 1)
    for (const [place, value] of [1, 5 / 3, 3].entries()) {
      assertAlmostEquals(smoothed[place] ?? NaN, value, 1e-12);
    }
  });

  it("counts steps between values, and leaves out values that are missing", () => {
    const curve = { steps: [1, 2, 3], values: [1, null, 4] };
    const { raw, smoothed } = rowOf(look, curve, [1, 2, 3], { over, logarithmic: false });
    assertEquals(raw, [1, null, 4]);
    assertEquals(smoothed[1], null);
    // (1/4 + 4) / (1/4 + 1)
    assertAlmostEquals(smoothed[2] ?? NaN, 3.4, 1e-12);
  });

  it("has no values of 0 or less on a logarithmic scale", () => {
    const curve = { steps: [1, 2, 3], values: [-1, 0, 4] };
    const { smoothed } = rowOf(look, curve, [1, 2, 3], { over: 0, logarithmic: true });
    assertEquals(smoothed, [null, null, 4]);
  });

  it("is smoothed over one step to half of the training, as the slider says", () => {
    assertEquals([0, 50, 100].map((slider) => smoothingSteps(slider, 200)), [0, 10, 100]);
    assertEquals([0, 1, 10].map(describeSmoothing), ["none", "over 1 step", "over 10 steps"]);
  });
});
