import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { adam } from "../../../plugins/optimizers/adam.ts";
import { adamW } from "../../../plugins/optimizers/adam_w.ts";
import { pathOf } from "./run.ts";

// Several steps are held against PyTorch's in tests/fidelity.
describe("adamW", () => {
  before(() => tf.setBackend("cpu"));

  it("shrinks a number by the rate times the decay, and then does Adam's step", () => {
    const [after] = pathOf(adamW({ weightDecay: 0.5 }), [3], { start: 2, rate: 0.1 });
    assertAlmostEquals(after!, 2 * (1 - 0.1 * 0.5) - 0.1, 1e-6);
  });

  it("is Adam, to the last bit, without decay", () => {
    const gradients = [1, -0.3, 0, 20];
    assertEquals(pathOf(adamW({ weightDecay: 0 }), gradients), pathOf(adam(), gradients));
    const keras = { epsilon: 1e-2, epsilonPlacement: "uncorrected", beta1: 0.9 } as const;
    assertEquals(
      pathOf(adamW({ ...keras, weightDecay: 0 }), gradients),
      pathOf(adam(keras), gradients),
    );
  });

  it("remembers what Adam does, by the same names", () => {
    const variables = [tf.variable(tf.zeros([2]), true, "adam_w_test/kernel")];
    assertEquals(
      Object.keys(adamW().start(variables).state),
      Object.keys(adam().start(variables).state),
    );
  });

  it("uses the paper's rate unless it is told another", () => {
    assertEquals([adamW().rate, adamW({ rate: 1e-3 }).rate], [2e-4, 1e-3]);
  });
});
