import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { totalVariation } from "../../../plugins/losses/total_variation.ts";
import { gradientByFake, picture, termsOf } from "./terms.ts";

// Value and gradient are held against TensorFlow's and PyTorch's in tests/fidelity.
describe("totalVariation", () => {
  before(() => tf.setBackend("cpu"));

  it("adds up the differences of neighbours, for each value, and looks at the fake alone", () => {
    const fake = picture([[0, 1, 1], [0.5, 0, -1]]);
    // Across: 1 + 0 + 0.5 + 1; down: 0.5 + 1 + 2.
    assertAlmostEquals(termsOf(totalVariation({ weight: 12 }), { fake }).generator, 12 * 6 / 6);
  });

  it("pulls each value towards its neighbours, and not where they are equal", () => {
    const fake = picture([[0, 0, 1]]);
    const gradient = gradientByFake(totalVariation({ weight: 3 }), { fake });
    assertEquals(gradient.map((value) => Math.round(value * 1e6) / 1e6), [0, -1, 1]);
  });
});
