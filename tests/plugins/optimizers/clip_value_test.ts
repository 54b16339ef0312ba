import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { clipValue } from "../../../plugins/optimizers/clip_value.ts";
import { gradientsThrough } from "./run.ts";

// Several steps are held against PyTorch's in tests/fidelity.
describe("clipValue", () => {
  before(() => tf.setBackend("cpu"));

  it("cuts each number off in both directions", () => {
    const found = gradientsThrough((one) => clipValue(one, { value: 2 }), [[5, -3, 1.5], [-2, 0]]);
    assertEquals(found, [[2, -2, 1.5], [-2, 0]]);
  });

  it("keeps the rate and the state of the optimizer", () => {
    const inner = adam({ rate: 0.125 });
    const variables = [tf.variable(tf.zeros([2]), true, "clip_value_test/kernel")];
    assertEquals(clipValue(inner).rate, 0.125);
    assertEquals(
      Object.keys(clipValue(inner).start(variables).state),
      Object.keys(inner.start(variables).state),
    );
  });

  it("refuses a value that lets nothing through", () => {
    assertThrows(() => clipValue(adam(), { value: -1 }), RangeError, "to -1");
  });
});
