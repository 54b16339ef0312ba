import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { meanOverScales } from "../../../core/ops/scales.ts";

describe("the mean over scales", () => {
  before(() => tf.setBackend("cpu"));

  const fine = () => tf.tensor4d([1, 2, 3, 6, 0, 0], [2, 3, 1, 1]);
  const coarse = () => tf.tensor4d([10, -4], [2, 1, 1, 1]);

  it("counts every patch of a scale alike, and every scale", () => {
    assertEquals(meanOverScales([fine(), coarse()]).dataSync()[0], (2 + 3) / 2);
  });

  it("is taken of what a function makes of the logits", () => {
    assertEquals(meanOverScales([coarse()], (logits) => tf.relu(logits)).dataSync()[0], 5);
  });
});
