import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { onlyInput, withExtent } from "../../../plugins/layers/layer.ts";

describe("onlyInput", () => {
  it("takes the tensor alone and from an array", async () => {
    await tf.setBackend("cpu");
    const x = tf.scalar(1);
    assertEquals(onlyInput(x).id, x.id);
    assertEquals(onlyInput([x]).id, x.id);
  });
});

describe("withExtent", () => {
  it("replaces one axis and leaves the shape as it was", () => {
    const shape = [1, 4, 6, 3];
    assertEquals(withExtent(shape, 2, 5), [1, 4, 5, 3]);
    assertEquals(shape, [1, 4, 6, 3]);
  });
});
