import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { absolute } from "../../../core/ops/absolute.ts";

describe("absolute", () => {
  before(() => tf.setBackend("cpu"));

  it("is the size of a number, whose slope is its sign, and 0 at 0", () => {
    const x = tf.tensor1d([-2.5, 0, 3]);
    assertEquals(absolute(x).arraySync(), [2.5, 0, 3]);
    assertEquals(tf.grad((x) => absolute(x))(x).arraySync(), [-1, 0, 1]);
  });
});
