import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myMetric } from "./metric.ts";

conformance.metric("myMetric", () => myMetric());

describe("myMetric", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("is the square of a difference that is the same everywhere", () => {
    const target = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const prediction = tf.fill<tf.Rank.R4>([1, 4, 4, 3], 10 / 127.5);
    const views = { input: target, target, prediction };
    const [value] = myMetric().measure(views).dataSync();
    // Ten levels off.
    assertAlmostEquals(value ?? NaN, 100, 1e-3);
  });
});
