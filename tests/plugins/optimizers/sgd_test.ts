import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { sgd } from "../../../plugins/optimizers/sgd.ts";
import { pathOf } from "./run.ts";

function assertPath(found: readonly number[], expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  expected.forEach((value, step) => assertAlmostEquals(found[step]!, value, 1e-6));
}

// Several steps are held against PyTorch's in tests/fidelity.
describe("sgd", () => {
  before(() => tf.setBackend("cpu"));

  it("goes by the rate times the gradient", () => {
    assertPath(pathOf(sgd(), [2, -5]), [0.8, 1.3]);
  });

  it("goes by the velocity with momentum", () => {
    // Velocities: 2, then 0.5 * 2 + 0 = 1, then 0.5 * 1 + 4 = 4.5.
    assertPath(pathOf(sgd({ momentum: 0.5 }), [2, 0, 4]), [0.8, 0.7, 0.25]);
  });

  it("looks ahead by Nesterov's way", () => {
    // The same velocities, each halved and added to the gradient: 3, 0.5, 6.25.
    const found = pathOf(sgd({ momentum: 0.5, nesterov: true }), [2, 0, 4]);
    assertPath(found, [0.7, 0.65, 0.025]);
  });

  it("remembers nothing without momentum", () => {
    const variables = [tf.variable(tf.zeros([2]), true, "sgd_test/kernel_1")];
    assertEquals(Object.keys(sgd().start(variables).state), []);
    assertEquals(Object.keys(sgd({ momentum: 0.9 }).start(variables).state), [
      "sgd_test/kernel/velocity",
    ]);
  });

  it("refuses to look ahead by no momentum", () => {
    assertThrows(() => sgd({ nesterov: true }), RangeError, "Set e.g. momentum: 0.9");
  });
});
