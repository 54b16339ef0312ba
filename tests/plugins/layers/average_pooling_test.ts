import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { averagePooling, halved } from "../../../plugins/layers/average_pooling.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function build(shape: readonly number[]): LayersModel {
  return networkOf(shape, (x) => averagePooling(x, { name: "pooling" }));
}

describeOnEngines("average pooling", () => {
  for (const expected of fixture.fixed.filter(({ name }) => name.startsWith("pooling"))) {
    it(`is PyTorch's, and so is its gradient (${expected.name})`, () => {
      assertLayer(build(expected.shape), expected);
    });
  }
});

describe("averagePooling", () => {
  before(() => tf.setBackend("cpu"));

  it("gives half the height and width, rounded up", () => {
    assertEquals([1, 2, 5, 64].map(halved), [1, 1, 3, 32]);
  });

  it("leaves a plain picture as it is, at the edges too", () => {
    const y = build([1, 5, 4, 1]).apply(tf.fill([1, 5, 4, 1], 7)) as Tensor;
    assertNumbers("plain", y.dataSync(), Array<number>(6).fill(7), 1e-6);
  });

  it("is differentiable twice", () => {
    const model = build([1, 4, 4, 1]);
    const squares = (x: Tensor): tf.Scalar => tf.sum(tf.square(model.apply(x) as Tensor));
    const slope = (x: Tensor): tf.Scalar => tf.sum(tf.square(tf.grad(squares)(x)));
    // The slope is quadratic: by Euler's theorem its gradient along x is twice its value.
    const x = tensorOf("x", [1, 4, 4, 1]);
    const along = tf.sum(tf.mul(tf.grad(slope)(x), x)).dataSync()[0]!;
    assertNumbers("slope", [along], [2 * slope(x).dataSync()[0]!], 1e-4);
  });

  it("comes back from a model's topology", async () => {
    const model = build([1, 5, 4, 2]);
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 5, 4, 2]);
    const y = (model: LayersModel): number[] => [...(model.apply(x) as Tensor).dataSync()];
    assertEquals(y(restored), y(model));
  });
});
