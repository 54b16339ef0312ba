import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type { Views } from "../../../mod.ts";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myLoss } from "./loss.ts";

conformance.loss("myLoss", () => myLoss());

describe("myLoss", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("is the weighted mean of the squares", () => {
    // Two pixels, off by 0.5 and by 1.
    const views = {
      target: tf.tensor4d([0.5, 1], [1, 1, 2, 1]),
      fake: tf.tensor4d([0, 0], [1, 1, 2, 1]),
    } as Views;
    const term = myLoss({ weight: 10 }).generator?.(views);
    assertAlmostEquals(term?.dataSync()[0] ?? NaN, 10 * (0.25 + 1) / 2, 1e-5);
  });

  it("refuses a weight that would reward differences", () => {
    assertThrows(() => myLoss({ weight: -1 }), RangeError, "Cannot weigh by -1");
  });
});
