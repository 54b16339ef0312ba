import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { groupNorm, type GroupNormOptions } from "../../../plugins/layers/group_norm.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

const BLOCK = { name: "down2", seed: 23 };

function build(channels: number, options: GroupNormOptions = {}): LayersModel {
  return networkOf([1, 3, 4, channels], (x) => groupNorm(options)(x, BLOCK));
}

describeOnEngines("group normalisation", () => {
  for (const expected of fixture.norms.filter(({ name }) => name.startsWith("group"))) {
    it(`is PyTorch's, and so are its gradients (${expected.name})`, () => {
      const model = build(6, { groups: Number(expected.name.split(" ")[1]) });
      const [gamma, beta] = model.trainableWeights;
      gamma!.write(tensorOf(`${expected.name} gamma`, [6], 0.8, 1.2));
      beta!.write(tensorOf(`${expected.name} beta`, [6], -0.2, 0.2));
      const [dgamma, dbeta] = assertLayer(model, expected);
      assertNumbers("dgamma", dgamma!, expected.dgamma!);
      assertNumbers("dbeta", dbeta!, expected.dbeta!);
      model.dispose();
    });
  }
});

describe("groupNorm", () => {
  before(() => tf.setBackend("cpu"));

  it("begins with scales of 1 and offsets of 0, under the block's name", () => {
    const model = build(64);
    const names = model.weights.map(({ originalName }) => originalName);
    assertEquals(names, ["down2_group_norm/gamma", "down2_group_norm/beta"]);
    const [gamma, beta] = model.weights.map((weight) => [...weight.read().dataSync()]);
    assert(gamma!.every((value) => value === 1) && beta!.every((value) => value === 0));
    assertEquals(build(64, { affine: false }).weights, []);
  });

  it("is differentiable twice", () => {
    const model = build(4, { groups: 2 });
    const x = tensorOf("x", [1, 3, 4, 4]);
    const cubes = (x: Tensor): tf.Scalar => tf.sum(tf.pow(model.apply(x) as Tensor, 3));
    const slope = (x: Tensor): tf.Scalar => tf.sum(tf.square(tf.grad(cubes)(x)));
    const gradient = tf.grad(slope)(x);
    // Against the difference along a direction.
    const direction = tensorOf("direction", x.shape);
    const at = (step: number): number => slope(tf.add(x, tf.mul(direction, step))).dataSync()[0]!;
    const difference = (at(1e-2) - at(-1e-2)) / 2e-2;
    const product = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
    assert(
      Math.abs(product - difference) < 0.01 * Math.abs(difference),
      `${product} ${difference}`,
    );
  });

  it("does the same in every mode, and to a picture in any batch", () => {
    const model = build(4, { groups: 2 });
    const x = tensorOf("x", [2, 3, 4, 4]) as Tensor4D;
    const y = model.apply(x, { training: true }) as Tensor4D;
    const alone = model.apply(tf.slice(x, [1], [1]), { training: false }) as Tensor4D;
    assertNumbers("second", [...alone.dataSync()], [...tf.slice(y, [1], [1]).dataSync()], 1e-6);
  });

  it("keeps no tensor but the one that it returns", () => {
    const model = build(4, { groups: 2 });
    const x = tf.ones([1, 3, 4, 4]);
    const before = tf.memory().numTensors;
    (model.apply(x, { training: true }) as Tensor).dispose();
    assertEquals(tf.memory().numTensors, before);
  });

  it("comes back from a model's topology", async () => {
    const model = build(4, { groups: 2, epsilon: 0.5, affine: false });
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 3, 4, 4]);
    const y = (model: LayersModel): number[] => [...(model.apply(x) as Tensor).dataSync()];
    assertEquals(y(restored), y(model));
  });

  it("refuses groups that leave a rest", () => {
    assertThrows(() => build(6), PairlabError, "6 channels in 32 groups");
    assertThrows(() => build(6, { groups: 0 }), PairlabError, "0 groups");
  });
});
