import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { l2 } from "../../../plugins/losses/l2.ts";
import { picture, termsOf } from "./terms.ts";

// The gradient is held against PyTorch's in tests/fidelity.
describe("l2", () => {
  before(() => tf.setBackend("cpu"));

  it("is the weighted mean of the squared differences, without a look at D", () => {
    const views = { target: picture([[1, -1, 0.5]]), fake: picture([[0, 1, 0.5]]) };
    assertAlmostEquals(termsOf(l2({ weight: 3 }), views).generator, 3 * (1 + 4 + 0) / 3);
    assertAlmostEquals(termsOf(l2(), views).generator, 500 / 3, 1e-4);
  });

  it("has no term for D", () => assertEquals(Object.keys(l2()), ["generator"]));
});
