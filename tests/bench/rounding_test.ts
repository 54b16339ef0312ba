import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { errorOf, referenceOf } from "./rounding.ts";

describe("products in float64", () => {
  before(async () => {
    await tf.setBackend("cpu");
  });

  it("are those of tfjs, but for what float32 rounds", () => {
    const conv = tf.backend_util.computeConv2DInfo([2, 7, 6, 3], [4, 3, 3, 5], 2, 1, "same");
    const x = tf.randomNormal<tf.Rank.R4>(conv.inShape, 0, 1, "float32", 1);
    const filter = tf.randomNormal<tf.Rank.R4>([4, 3, 3, 5], 0, 1, "float32", 2);
    const dy = tf.randomNormal<tf.Rank.R4>(conv.outShape, 0, 1, "float32", 3);
    const { value, grads: [dx, dfilter] } = tf.valueAndGrads((x, filter) =>
      tf.conv2d(x as Tensor4D, filter as Tensor4D, 2, "same")
    )([x, filter], dy);
    const [ofX, ofFilter, ofDy] = [x, filter, dy].map((one) => one.dataSync<"float32">());
    for (
      const [found, reference] of [
        [value, referenceOf("forward", ofX!, ofFilter!, conv)],
        [dx!, referenceOf("inputGradient", ofDy!, ofFilter!, conv)],
        [dfilter!, referenceOf("filterGradient", ofX!, ofDy!, conv)],
      ] as const
    ) {
      const error = errorOf(found.dataSync<"float32">(), reference);
      assert(error > 0 && error < 1e-6, `${error}`);
      assertEquals(new Set(reference.places).size > 100, true);
    }
  });

  it("are compared by the root of the mean square", () => {
    const reference = { places: [0, 2], values: [3, 4] };
    // Off by 0.3 and 0.4: 0.5 of 5.
    assertAlmostEquals(errorOf(Float32Array.of(3.3, 9, 3.6), reference), 0.1, 1e-6);
  });
});
