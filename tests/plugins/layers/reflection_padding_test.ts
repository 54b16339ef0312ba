import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { reflectionPadding } from "../../../plugins/layers/reflection_padding.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function build(shape: readonly number[], padding: number): LayersModel {
  return networkOf(shape, (x) => reflectionPadding(x, { name: "padding", padding }));
}

describeOnEngines("reflection padding", () => {
  for (const expected of fixture.fixed.filter(({ name }) => name.startsWith("reflection"))) {
    it(`is PyTorch's, and so is its gradient (${expected.name})`, () => {
      const padding = Number(expected.name.split(" ")[1]);
      assertLayer(build(expected.shape, padding), expected);
    });
  }
});

describe("reflectionPadding", () => {
  before(() => tf.setBackend("cpu"));

  it("keeps no tensor but the one that it returns", () => {
    const model = build([1, 3, 4, 2], 2);
    const x = tf.ones([1, 3, 4, 2]);
    const before = tf.memory().numTensors;
    (model.apply(x) as Tensor).dispose();
    assertEquals(tf.memory().numTensors, before);
  });

  it("comes back from a model's topology", async () => {
    const model = build([1, 3, 4, 2], 2);
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 3, 4, 2]);
    const y = (model: LayersModel): number[] => [...(model.apply(x) as Tensor).dataSync()];
    assertEquals(y(restored), y(model));
  });

  it("refuses to mirror more than there is", () => {
    assertThrows(() => build([1, 3, 4, 2], 3), RangeError, "both must be more than 3");
    assertEquals(build([1, 4, 4, 2], 3).outputs[0]!.shape, [null, 10, 10, 2]);
  });
});
