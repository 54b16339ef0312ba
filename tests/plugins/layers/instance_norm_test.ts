import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { instanceNorm, type InstanceNormOptions } from "../../../plugins/layers/instance_norm.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

const BLOCK = { name: "down2", seed: 23 };

function build(options: InstanceNormOptions = {}): LayersModel {
  return networkOf([1, 3, 4, 6], (x) => instanceNorm(options)(x, BLOCK));
}

describeOnEngines("instance normalisation", () => {
  for (const expected of fixture.norms.filter(({ name }) => name.startsWith("instance"))) {
    const affine = expected.name.endsWith("affine");
    it(`is PyTorch's, and so are its gradients (${expected.name})`, () => {
      const model = build({ affine });
      const [gamma, beta] = model.trainableWeights;
      gamma?.write(tensorOf(`${expected.name} gamma`, [6], 0.8, 1.2));
      beta?.write(tensorOf(`${expected.name} beta`, [6], -0.2, 0.2));
      const [dgamma, dbeta] = assertLayer(model, expected);
      assertEquals(dgamma === undefined, !affine);
      if (affine) {
        assertNumbers("dgamma", dgamma!, expected.dgamma!);
        assertNumbers("dbeta", dbeta!, expected.dbeta!);
      }
      model.dispose();
    });
  }
});

describe("instanceNorm", () => {
  before(() => tf.setBackend("cpu"));

  it("has no weights unless it is asked for them, and then under the block's name", () => {
    assertEquals(build().weights, []);
    assertEquals(build({ affine: true }).weights.map(({ originalName }) => originalName), [
      "down2_instance_norm/gamma",
      "down2_instance_norm/beta",
    ]);
  });

  it("makes a bias before it idle, and leaves one only where it is asked to", () => {
    assertEquals(instanceNorm().bias, undefined);
    assertEquals(instanceNorm({ bias: true }).bias, true);
    const model = build();
    const x = tensorOf("x", [1, 3, 4, 6]);
    const y = (x: Tensor): number[] => [...(model.apply(x) as Tensor).dataSync()];
    assertNumbers("moved", y(tf.add(x, 3)), y(x), 1e-5);
  });
});
