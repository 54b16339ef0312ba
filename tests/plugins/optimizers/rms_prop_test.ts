import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { rmsProp } from "../../../plugins/optimizers/rms_prop.ts";
import { pathOf } from "./run.ts";

// Several steps are held against PyTorch's in tests/fidelity.
describe("rmsProp", () => {
  before(() => tf.setBackend("cpu"));

  it("divides each gradient by the root of the moving mean square", () => {
    const [first, second] = pathOf(rmsProp({ decay: 0.75 }), [2, -4]);
    assertAlmostEquals(first!, 1 - 0.1 * 2 / Math.sqrt(0.25 * 4), 1e-6);
    const meanSquare = 0.75 * 0.25 * 4 + 0.25 * 16;
    assertAlmostEquals(second!, first! + 0.1 * 4 / Math.sqrt(meanSquare), 1e-6);
  });

  it("goes on by a share of the last change where it has momentum", () => {
    const [, second] = pathOf(rmsProp({ decay: 0.75, momentum: 0.5 }), [2, 0]);
    assertAlmostEquals(second!, 1 - 0.2 - 0.1, 1e-6);
  });

  it("remembers the mean square, and the velocity with momentum alone", () => {
    const variables = [tf.variable(tf.zeros([2]), true, "rms_prop_test/kernel_1")];
    const names = (momentum: number) => Object.keys(rmsProp({ momentum }).start(variables).state);
    assertEquals(names(0), ["rms_prop_test/kernel/mean_square"]);
    assertEquals(names(0.9), ["rms_prop_test/kernel/mean_square", "rms_prop_test/kernel/velocity"]);
  });

  it("uses WGAN's rate unless it is told another", () => {
    assertEquals([rmsProp().rate, rmsProp({ rate: 1e-3 }).rate], [5e-5, 1e-3]);
  });
});
