import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { stopGradient } from "../../../core/ops/stop_gradient.ts";

describe("stopGradient", () => {
  before(() => tf.setBackend("cpu"));

  it("has the values of what it is given, and is a constant to gradients", () => {
    const x = tf.tensor1d([2, 3]);
    assertEquals(stopGradient(x).arraySync(), [2, 3]);
    // The slope of x², with one of the two factors held still, is x.
    assertEquals(tf.grad((x) => tf.mul(stopGradient(x), x))(x).arraySync(), [2, 3]);
  });

  it("stops a slope that is infinite", () => {
    const x = tf.tensor1d([0]);
    const gradient = tf.grad((x) => tf.add(tf.sqrt(stopGradient(x)), x))(x);
    assertEquals(gradient.arraySync(), [1]);
  });
});
