import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { charbonnier } from "../../../plugins/losses/charbonnier.ts";
import { gradientByFake, picture, termsOf } from "./terms.ts";

// Value and gradient are held against PyTorch's in tests/fidelity.
describe("charbonnier", () => {
  before(() => tf.setBackend("cpu"));

  it("is the weighted mean of sqrt(d² + epsilon²)", () => {
    const views = { target: picture([[0.4, 0]]), fake: picture([[0, 0]]) };
    const found = termsOf(charbonnier({ weight: 2, epsilon: 0.3 }), views).generator;
    assertAlmostEquals(found, 2 * (0.5 + 0.3) / 2, 1e-6);
  });

  it("is L1 but for about epsilon", () => {
    const views = { target: picture([[1, -1]]), fake: picture([[-1, 0]]) };
    assertAlmostEquals(termsOf(charbonnier(), views).generator, 100 * 1.5, 1e-4);
  });

  it("has a slope of d / sqrt(d² + epsilon²), which is 0 where pictures are equal", () => {
    const views = { target: picture([[0, 0]]), fake: picture([[0, 0.4]]) };
    const [equal, different] = gradientByFake(charbonnier({ weight: 2, epsilon: 0.3 }), views);
    assertEquals(Math.abs(equal!), 0);
    assertAlmostEquals(different!, 0.8, 1e-6);
  });

  it("refuses an epsilon that smooths nothing", () => {
    assertThrows(() => charbonnier({ epsilon: 0 }), RangeError, "epsilon of 0");
  });
});
