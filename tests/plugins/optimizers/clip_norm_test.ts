import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { clipNorm } from "../../../plugins/optimizers/clip_norm.ts";
import { gradientsThrough } from "./run.ts";

// Several steps are held against PyTorch's in tests/fidelity.
describe("clipNorm", () => {
  before(() => tf.setBackend("cpu"));

  it("shortens all gradients by one factor where together they are too long", () => {
    const found = gradientsThrough((one) => clipNorm(one, { norm: 13 }), [[6, 0], [8], [0, 24]]);
    const expected = [[3, 0], [4], [0, 12]];
    found.flat().forEach((value, index) =>
      assertAlmostEquals(value, expected.flat()[index]!, 1e-5)
    );
  });

  it("leaves shorter ones as they are, none at all too", () => {
    for (const gradients of [[[0.3], [-0.4]], [[0], [0]]]) {
      const found = gradientsThrough(clipNorm, gradients);
      assertEquals(found, gradients.map((values) => values.map(Math.fround)));
    }
  });

  it("keeps the rate and the state of the optimizer", () => {
    const inner = adam({ rate: 0.125 });
    const variables = [tf.variable(tf.zeros([2]), true, "clip_norm_test/kernel")];
    assertEquals(clipNorm(inner).rate, 0.125);
    assertEquals(
      Object.keys(clipNorm(inner).start(variables).state),
      Object.keys(inner.start(variables).state),
    );
  });

  it("refuses a norm that lets nothing through", () => {
    assertThrows(() => clipNorm(adam(), { norm: 0 }), RangeError, "norm of 0");
  });
});
