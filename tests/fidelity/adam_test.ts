import * as tf from "@tensorflow/tfjs";
import type { Optimizer } from "../../core/plugin.ts";
import { adam } from "../../plugins/optimizers/adam.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers, numbers } from "./numbers.ts";
import { checkValues, it } from "./reading.ts";
import keras from "./fixtures/keras.json" with { type: "json" };
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

const COUNT = 12;

/** Gradients from 1e-9 to 100, one of them 0. */
function gradient(step: number): Float32Array {
  const values = numbers(`gradient ${step}`, COUNT, -1, 1);
  return values.map((value, index) => index === step ? 0 : value * Math.fround(10 ** (index - 9)));
}

/** The total change of what began as `start`. */
function changeOf(values: ArrayLike<number>): number[] {
  const start = numbers("adam", COUNT, -1, 1);
  return Array.from(values, (value, index) => value - start[index]!);
}

function assertSteps(optimizer: Optimizer, expected: readonly (readonly number[])[]): void {
  tf.tidy(() => {
    const variable = tf.variable(tf.tensor1d(numbers("adam", COUNT, -1, 1)));
    const rule = optimizer.start([variable]);
    for (const step of [0, 1, 2, 3, 4]) {
      rule.apply([tf.tensor1d(gradient(step))], tf.scalar(2e-4));
      checkValues(variable, (values) => {
        // A float32 near 1 is only good to 6e-8, of changes up to 1e-3.
        assertNumbers(`step ${step + 1}`, changeOf(values), changeOf(expected[step]!), 4e-4);
      });
    }
    tf.dispose([variable, ...Object.values(rule.state)]);
  });
}

describeOnEngines("Adam over five steps", () => {
  it("does what PyTorch's does, for gradients of any size", () => {
    assertSteps(adam(), pytorch.adam);
  });

  it("does what Keras' does, with its epsilon and where it puts it", () => {
    assertSteps(adam({ epsilon: 1e-7, epsilonPlacement: "uncorrected" }), keras.adam);
  });
});
