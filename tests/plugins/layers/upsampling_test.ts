import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import {
  resizeUpsampling,
  subPixelUpsampling,
  transposedUpsampling,
  type Upsample,
} from "../../../plugins/layers/upsampling.ts";
import { networkOf } from "./layer_case.ts";

function build(upsample: Upsample): LayersModel {
  return networkOf(
    [1, 3, 5, 4],
    (x) => upsample(x, { name: "up1", seed: 23, filters: 2, bias: true }),
  );
}

const weights = (model: LayersModel): Record<string, number[]> =>
  Object.fromEntries(
    model.weights.map(({ originalName, shape }) => [originalName, shape as number[]]),
  );

// Values are held against PyTorch's where the layers are tested one by one.
describe("upsampling", () => {
  before(() => tf.setBackend("cpu"));

  it("doubles height and width, whichever is taken", () => {
    for (const upsample of [transposedUpsampling(), resizeUpsampling(), subPixelUpsampling()]) {
      assertEquals(build(upsample).outputs[0]!.shape, [null, 6, 10, 2]);
    }
  });

  it("names layers and shapes weights by what they are", () => {
    assertEquals(weights(build(transposedUpsampling())), {
      "up1_transposed_convolution/kernel": [4, 4, 2, 4],
      "up1_transposed_convolution/bias": [2],
    });
    assertEquals(weights(build(transposedUpsampling({ kernel: 3, padding: 1 }))), {
      "up1_transposed_convolution/kernel": [3, 3, 2, 4],
      "up1_transposed_convolution/bias": [2],
    });
    assertEquals(weights(build(resizeUpsampling({ kernel: 5 }))), {
      "up1_convolution/kernel": [5, 5, 4, 2],
      "up1_convolution/bias": [2],
    });
    assertEquals(weights(build(subPixelUpsampling())), {
      "up1_convolution/kernel": [3, 3, 4, 8],
      "up1_convolution/bias": [8],
    });
  });

  it("covers every pixel as often only where it is resized first", () => {
    // Of ones through weights of one: how many weights reach each pixel.
    const coverage = (upsample: Upsample): Set<number> => {
      const model = build(upsample);
      const [kernel] = model.weights;
      kernel!.write(tf.ones(kernel!.shape as number[]));
      const y = model.predict(tf.ones([1, 3, 5, 4])) as tf.Tensor4D;
      return new Set(tf.slice(y, [0, 2, 2, 0], [1, 2, 4, 1]).dataSync());
    };
    assertEquals(coverage(resizeUpsampling()), new Set([36]));
    assertEquals(coverage(transposedUpsampling()), new Set([16]));
    assertEquals(coverage(transposedUpsampling({ kernel: 3, padding: 1 })), new Set([4, 8, 16]));
  });
});
