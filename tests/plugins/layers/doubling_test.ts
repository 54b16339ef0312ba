import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { doubling, type Interpolation } from "../../../plugins/layers/doubling.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function build(shape: readonly number[], interpolation: Interpolation): LayersModel {
  return networkOf(shape, (x) => doubling(x, { name: "doubling", interpolation }));
}

describeOnEngines("doubling", () => {
  for (const interpolation of ["nearest", "bilinear"] as const) {
    for (const expected of fixture.fixed.filter(({ name }) => name.startsWith(interpolation))) {
      it(`is PyTorch's, and so is its gradient (${expected.name})`, () => {
        assertLayer(build(expected.shape, interpolation), expected);
      });
    }
  }
});

describe("doubling", () => {
  before(() => tf.setBackend("cpu"));

  it("keeps no tensor but the one that it returns, and comes back from its topology", async () => {
    for (const interpolation of ["nearest", "bilinear"] as const) {
      const model = build([1, 3, 4, 2], interpolation);
      const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
      const x = tensorOf("x", [1, 3, 4, 2]);
      const before = tf.memory().numTensors;
      const [there, here] = [restored, model].map((model) => model.apply(x) as Tensor);
      assertEquals(tf.memory().numTensors, before + 2);
      assertEquals([...there!.dataSync()], [...here!.dataSync()]);
    }
  });
});
