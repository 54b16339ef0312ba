import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { none } from "../../../plugins/layers/norm.ts";

describe("none", () => {
  it("adds no layer, and asks for a bias instead", () => {
    const x = tf.input({ shape: [2, 2, 3] });
    assertEquals(none()(x, { name: "down1", seed: 23 }), x);
    assertEquals(none().bias, true);
  });
});
