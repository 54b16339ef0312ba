import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { namedVariables } from "../../../core/model/networks.ts";
import { attentionGate } from "../../../plugins/layers/attention_gate.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { tensorOf } from "./layer_case.ts";

// Values and gradients are held against PyTorch's in tests/fidelity/restoration_test.ts.
describe("attentionGate", () => {
  before(() => tf.setBackend("cpu"));

  function build(): tf.LayersModel {
    const features = tf.input({ shape: [4, 6, 3] }), gate = tf.input({ shape: [2, 3, 5] });
    const outputs = attentionGate(features, gate, { name: "gate", seed: 23, filters: 2 });
    return tf.model({ inputs: [features, gate], outputs });
  }

  it("compares features and signal in as many channels as it is told", () => {
    const shapes = [...namedVariables(build())].map(([name, { shape }]) => [name, shape]);
    assertEquals(shapes, [
      ["gate_theta/kernel", [2, 2, 3, 2]],
      ["gate_phi/kernel", [1, 1, 5, 2]],
      ["gate_phi/bias", [2]],
      ["gate_psi/kernel", [1, 1, 2, 1]],
      ["gate_psi/bias", [1]],
    ]);
  });

  it("lets features through as far as the coefficients say", () => {
    const model = build();
    const inputs = [tensorOf("features", [1, 4, 6, 3]), tensorOf("gate", [1, 2, 3, 5])];
    const named = namedVariables(model);
    named.get("gate_psi/kernel")!.assign(tf.zeros([1, 1, 2, 1]));
    // The sigmoid of log 3 is 3 / 4.
    named.get("gate_psi/bias")!.assign(tf.tensor1d([Math.log(3)]));
    const y = model.apply(inputs) as Tensor;
    const expected = [...inputs[0]!.dataSync()].map((value) => value * 0.75);
    assertNumbers("y", y.dataSync(), expected, 1e-6);
  });
});
