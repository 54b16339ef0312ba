import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { pixelShuffle } from "../../../plugins/layers/pixel_shuffle.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function build(shape: readonly number[]): LayersModel {
  return networkOf(shape, (x) => pixelShuffle(x, { name: "shuffle" }));
}

describeOnEngines("pixel shuffle", () => {
  for (const expected of fixture.fixed.filter(({ name }) => name === "shuffle")) {
    it("is PyTorch's up to the order of channels, and so is its gradient", () => {
      assertLayer(build(expected.shape), expected);
    });
  }
});

describe("pixelShuffle", () => {
  before(() => tf.setBackend("cpu"));

  it("is TensorFlow's depth_to_space", () => {
    const x = tensorOf("x", [2, 3, 2, 8]) as Tensor4D;
    const y = build([2, 3, 2, 8]).apply(x) as Tensor;
    assertEquals([...y.dataSync()], [...tf.depthToSpace(x, 2).dataSync()]);
  });

  it("comes back from a model's topology", async () => {
    const model = build([1, 2, 2, 4]);
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 2, 2, 4]);
    const y = (model: LayersModel): number[] => [...(model.apply(x) as Tensor).dataSync()];
    assertEquals(y(restored), y(model));
  });

  it("refuses channels that cannot be divided by four", () => {
    assertThrows(() => build([1, 2, 2, 6]), RangeError, "shuffle 6 channels");
  });
});
