import * as tf from "@tensorflow/tfjs";
import type { Variable } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { trainableVariables } from "../../../core/model/networks.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";

/** One layer's kernel and bias, as a network has them. */
function layerVariables(): Variable[] {
  const layers = [tf.layers.dense({ units: 2, inputShape: [1], name: "adam_test_layer" })];
  return trainableVariables(tf.sequential({ layers }));
}

function only(variable: Variable): number {
  return variable.dataSync()[0]!;
}

// Several steps are held against PyTorch's and Keras' in tests/fidelity.
describe("adam", () => {
  before(() => tf.setBackend("cpu"));

  it("moves by the rate in the first step, against the gradient, whatever its size", () => {
    for (const gradient of [1e-3, -5, 1e6]) {
      const variable = tf.variable(tf.tensor1d([1]));
      adam().start([variable]).apply([tf.tensor1d([gradient])], tf.scalar(0.25));
      assertAlmostEquals(only(variable), 1 - 0.25 * Math.sign(gradient), 1e-5);
    }
  });

  it("remembers moments and corrections by the formula", () => {
    const variable = tf.variable(tf.tensor1d([1]));
    const rule = adam({ beta1: 0.75, beta2: 0.9 }).start([variable]);
    rule.apply([tf.tensor1d([2])], tf.scalar(0.1));
    rule.apply([tf.tensor1d([4])], tf.scalar(0.1));
    const state = Object.entries(rule.state).map(([name, value]) => [
      name.split("/").at(-1),
      only(value),
    ]);
    const found = Object.fromEntries(state) as Record<string, number>;
    assertAlmostEquals(found["first_moment"]!, 0.75 * 0.5 + 0.25 * 4, 1e-6);
    assertAlmostEquals(found["second_moment"]!, 0.9 * 0.4 + 0.1 * 16, 1e-6);
    assertAlmostEquals(found["bias_correction1"]!, 1 - 0.75 ** 2, 1e-6);
    assertAlmostEquals(found["bias_correction2"]!, 1 - 0.9 ** 2, 1e-6);
  });

  it("begins with a state of zeros that no gradient is taken of", () => {
    const { state } = adam().start(layerVariables());
    for (const [name, variable] of Object.entries(state)) {
      assert(variable.dataSync().every((value) => value === 0), name);
      assert(!variable.trainable, name);
    }
  });

  it("names its state by the variables, whatever this process has built before", () => {
    const names = (): string[] => Object.keys(adam().start(layerVariables()).state);
    const first = names();
    assertEquals(first, [
      "bias_correction1",
      "bias_correction2",
      "adam_test_layer/kernel/first_moment",
      "adam_test_layer/kernel/second_moment",
      "adam_test_layer/bias/first_moment",
      "adam_test_layer/bias/second_moment",
    ]);
    assertEquals(names(), first);
  });

  it("keeps two variables apart that differ by a number alone", () => {
    const variables = [1, 2].map((n) => tf.variable(tf.zeros([1]), true, `twin/kernel_${n}`));
    const moments = Object.keys(adam().start(variables).state).filter((name) =>
      name.endsWith("first_moment")
    );
    assertEquals(moments, ["twin/kernel/first_moment", "twin/kernel#2/first_moment"]);
  });

  it("keeps no tensor", () => {
    const variables = layerVariables();
    const rule = adam().start(variables);
    const gradients = variables.map(({ shape }) => tf.ones(shape));
    const rate = tf.scalar(0.1);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) rule.apply(gradients, rate);
    assertEquals(tf.memory().numTensors, before);
  });

  it("uses the paper's rate unless it is told another", () => {
    assertEquals(adam().rate, 2e-4);
    const falling = ({ epoch }: { epoch: number }): number => 1 / (1 + epoch);
    assertEquals(adam({ rate: falling }).rate, falling);
  });
});
