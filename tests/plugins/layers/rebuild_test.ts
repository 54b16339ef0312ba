import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { rebuild } from "../../../plugins/layers/rebuild.ts";

/** Two inputs, a layer that is used twice, two outputs, one of which the other needs. */
function network(): LayersModel {
  const inputs = [tf.input({ shape: [3], name: "a" }), tf.input({ shape: [3], name: "b" })];
  const shared = tf.layers.dense({ units: 3, name: "shared" });
  const [first, second] = inputs.map((input) => shared.apply(input) as SymbolicTensor);
  const sum = tf.layers.add({ name: "sum" }).apply([first!, second!]) as SymbolicTensor;
  const last = tf.layers.dense({ units: 2, name: "last" }).apply(sum) as SymbolicTensor;
  return tf.model({ inputs, outputs: [last, sum] });
}

function copy(model: LayersModel): LayersModel {
  const inputs = model.inputs.map(({ shape }) => tf.input({ shape: shape.slice(1) }));
  return tf.model({ inputs, outputs: rebuild(model, { inputs, prefix: "copy_" }) });
}

function values(model: LayersModel): number[][] {
  return tf.tidy(() => {
    const x = [tf.tensor2d([[1, 2, 3]]), tf.tensor2d([[-1, 0, 5]])];
    return (model.predict(x) as Tensor[]).map((y) => [...y.dataSync()]);
  });
}

describe("rebuild", () => {
  before(() => tf.setBackend("cpu"));

  it("does what the network does, with weights of the same values under new names", () => {
    const model = network();
    // Not those of the initializers.
    model.weights.forEach((weight, index) =>
      weight.write(tf.fill(weight.shape as number[], index + 0.5))
    );
    const copied = copy(model);
    assertEquals(values(copied), values(model));
    assertEquals(copied.weights.map(({ originalName }) => originalName), [
      "copy_shared/kernel",
      "copy_shared/bias",
      "copy_last/kernel",
      "copy_last/bias",
    ]);
    assertEquals(copied.outputNames, ["copy_last", "copy_sum"]);
  });

  it("makes weights of their own, so that the network can be disposed", () => {
    const model = network();
    const copied = copy(model);
    const before = values(copied);
    model.weights.forEach((weight) => weight.write(tf.zeros(weight.shape as number[])));
    assertEquals(values(copied), before);
    model.dispose();
    assertEquals(values(copied), before);
  });
});
