import * as tf from "@tensorflow/tfjs";
import { it } from "@std/testing/bdd";
import type { Optimizer } from "../../core/plugin.ts";
import { adam } from "../../plugins/optimizers/adam.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers, numbers } from "./numbers.ts";
import keras from "./fixtures/keras.json" with { type: "json" };
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

const COUNT = 12;

/** Gradients from 1e-9 to 100, one of them 0. */
function gradient(step: number): Float32Array {
  const values = numbers(`gradient ${step}`, COUNT, -1, 1);
  return values.map((value, index) => index === step ? 0 : value * Math.fround(10 ** (index - 9)));
}

/** The total change after each step. */
function changes(optimizer: Optimizer): number[][] {
  return tf.tidy(() => {
    const start = numbers("adam", COUNT, -1, 1);
    const variable = tf.variable(tf.tensor1d(start));
    const rule = optimizer.start([variable]);
    const found = [0, 1, 2, 3, 4].map((step) => {
      rule.apply([tf.tensor1d(gradient(step))], tf.scalar(2e-4));
      return Array.from(variable.dataSync(), (value, index) => value - start[index]!);
    });
    tf.dispose([variable, ...Object.values(rule.state)]);
    return found;
  });
}

function changesOf(values: readonly number[][]): number[][] {
  const start = numbers("adam", COUNT, -1, 1);
  return values.map((step) => step.map((value, index) => value - start[index]!));
}

describeOnEngines("Adam over five steps", () => {
  it("does what PyTorch's does, for gradients of any size", () => {
    // A float32 near 1 is only good to 6e-8, of changes up to 1e-3.
    changes(adam()).forEach((change, step) =>
      assertNumbers(`step ${step + 1}`, change, changesOf(pytorch.adam)[step]!, 4e-4)
    );
  });

  it("does what Keras' does, with its epsilon and where it puts it", () => {
    const optimizer = adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" });
    changes(optimizer).forEach((change, step) =>
      assertNumbers(`step ${step + 1}`, change, changesOf(keras.adam)[step]!, 4e-4)
    );
  });
});
