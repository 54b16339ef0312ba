import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { conformance } from "../../../tests/conformance/mod.ts";
import { myOptimizer } from "./optimizer.ts";

conformance.optimizer("myOptimizer", () => myOptimizer());

describe("myOptimizer", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("gathers momentum", () => {
    const weight = tf.variable(tf.tensor1d([1]));
    const rule = myOptimizer({ momentum: 0.5 }).start([weight]);
    for (let step = 0; step < 2; step++) rule.apply([tf.tensor1d([2])], tf.scalar(0.1));
    // The velocity is 2, then 0.5 * 2 + 2.
    assertAlmostEquals(weight.dataSync()[0] ?? NaN, 1 - 0.1 * 2 - 0.1 * 3, 1e-6);
  });

  it("refuses a momentum that would never come to rest", () => {
    assertThrows(() => myOptimizer({ momentum: 1 }), RangeError, "Cannot keep 1 of");
  });
});
