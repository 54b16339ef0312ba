import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { layerNorm } from "../../../plugins/layers/layer_norm.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import { networkOf, tensorOf } from "./layer_case.ts";

// Values and gradients are held against PyTorch's in tests/fidelity/restoration_test.ts.
describe("layerNorm", () => {
  before(() => tf.setBackend("cpu"));
  const build = (epsilon?: number) =>
    networkOf(
      [1, 2, 3, 4],
      (x) => layerNorm(epsilon === undefined ? {} : { epsilon })(x, { name: "block1", seed: 23 }),
    );

  it("gives each pixel the mean 0 and the variance 1 over its channels", () => {
    const y = build(0).apply(tensorOf("x", [2, 2, 3, 4])) as Tensor;
    const { mean, variance } = tf.moments(y, -1);
    assertNumbers("mean", [...mean.dataSync()].map((value) => value + 1), Array(12).fill(1), 1e-6);
    assertNumbers("variance", variance.dataSync(), Array(12).fill(1), 1e-5);
  });

  it("scales and shifts each channel", () => {
    const model = build(0);
    const [gamma, beta] = model.trainableWeights;
    gamma!.write(tf.tensor1d([1, 2, 3, 4]));
    beta!.write(tf.tensor1d([10, 20, 30, 40]));
    const y = model.apply(tf.tensor4d([-1, 1, -1, 1], [1, 1, 1, 4]).tile([1, 2, 3, 1])) as Tensor;
    assertNumbers("y", [...y.dataSync()].slice(0, 4), [9, 22, 27, 44], 1e-6);
  });

  it("comes back from its topology, with its epsilon", async () => {
    const model = build(0.5);
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    const x = tensorOf("x", [1, 2, 3, 4]);
    const [there, here] = [restored, model].map((one) => (one.apply(x) as Tensor).dataSync());
    assertEquals([...there!], [...here!]);
    assertEquals(model.weights.map(({ originalName }) => originalName), [
      "block1_layer_norm/gamma",
      "block1_layer_norm/beta",
    ]);
  });
});
