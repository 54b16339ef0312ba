import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { leastSquares } from "../../../plugins/losses/least_squares.ts";
import { logits, termsOf } from "./terms.ts";

// Values and gradients are held against PyTorch's in tests/fidelity.
describe("leastSquares", () => {
  before(() => tf.setBackend("cpu"));

  it("asks D for 1 and 0, halved, and G for 1", () => {
    const found = termsOf(leastSquares(), { realLogits: [logits(3)], fakeLogits: [logits(-2)] });
    assertAlmostEquals(found.generator, 9);
    assertAlmostEquals(found.discriminator, 0.5 * (4 + 4));
  });

  it("asks D for less where labels are smooth, and G for 1 as before", () => {
    const views = { realLogits: [logits(0.9)], fakeLogits: [logits(0)] };
    const found = termsOf(leastSquares({ realLabel: 0.9, discriminatorWeight: 1 }), views);
    assertAlmostEquals(found.generator, 1);
    assertAlmostEquals(found.discriminator, 0, 1e-12);
  });

  it("refuses to call real pictures fakes", () => {
    assertThrows(() => leastSquares({ realLabel: 0 }), RangeError, "more than 0");
  });
});
