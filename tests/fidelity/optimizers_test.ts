import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import type { Optimizer } from "../../core/plugin.ts";
import { adamW } from "../../plugins/optimizers/adam_w.ts";
import { clipNorm } from "../../plugins/optimizers/clip_norm.ts";
import { clipValue } from "../../plugins/optimizers/clip_value.ts";
import { rmsProp } from "../../plugins/optimizers/rms_prop.ts";
import { sgd } from "../../plugins/optimizers/sgd.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers, numbers } from "./numbers.ts";
import { checkValues, it } from "./reading.ts";
import expected from "./fixtures/optimizers.json" with { type: "json" };

const VARIABLES = [
  { name: "first", shape: [3, 4], size: 12 },
  { name: "second", shape: [5], size: 5 },
];

/** As in `make_optimizers.py`: of sizes that differ by step and place, one of them 0. */
function gradient({ name, shape, size }: typeof VARIABLES[number], step: number): Tensor {
  const values = numbers(`gradient of ${name} ${step}`, size, -1, 1);
  const scaled = values.map((value, index) => value * Math.fround(10 ** (index % 5 - 2)));
  scaled[step % size] = 0;
  return tf.tensor(scaled, shape);
}

function assertSteps(optimizer: Optimizer, changes: readonly number[][]): void {
  tf.tidy(() => {
    const starts = VARIABLES.map(({ name, size }) => numbers(name, size, -1, 1));
    const variables = VARIABLES.map(({ shape }, index) =>
      tf.variable(tf.tensor(starts[index]!, shape))
    );
    const rule = optimizer.start(variables);
    changes.forEach((change, step) => {
      rule.apply(VARIABLES.map((variable) => gradient(variable, step)), tf.scalar(0.01));
      const start = starts.flatMap((values) => [...values]);
      checkValues(tf.concat(variables.map((variable) => tf.reshape(variable, [-1]))), (values) => {
        const found = Array.from(values, (value, place) => value - start[place]!);
        // A float32 near 1 is only good to 6e-8, of changes of 1e-2 and more.
        assertNumbers(`step ${step + 1}`, found, change, 2e-5);
      });
    });
    tf.dispose([...variables, ...Object.values(rule.state)]);
  });
}

describeOnEngines("optimizers over six steps", () => {
  it("AdamW does what PyTorch's does", () =>
    assertSteps(adamW({ weightDecay: 0.3 }), expected.adamW));

  it("RMSProp does what PyTorch's does, with and without momentum", () => {
    assertSteps(rmsProp(), expected.rmsProp);
    assertSteps(
      rmsProp({ decay: 0.9, epsilon: 1e-3, momentum: 0.6 }),
      expected.rmsPropWithMomentum,
    );
  });

  it("SGD does what PyTorch's does, plain, with momentum and by Nesterov's way", () => {
    assertSteps(sgd(), expected.sgd);
    assertSteps(sgd({ momentum: 0.9 }), expected.sgdWithMomentum);
    assertSteps(sgd({ momentum: 0.9, nesterov: true }), expected.sgdByNesterov);
  });

  it("gradients are clipped as PyTorch clips them, by norm and by value", () => {
    assertSteps(clipNorm(sgd({ momentum: 0.9 }), { norm: 90 }), expected.clipNorm);
    assertSteps(clipValue(sgd({ momentum: 0.9 }), { value: 0.5 }), expected.clipValue);
  });
});
