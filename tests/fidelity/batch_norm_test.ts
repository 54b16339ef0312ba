import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { namedVariables } from "../../core/model/networks.ts";
import { batchNorm, type BatchNormOptions } from "../../plugins/layers/batch_norm.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers, numbers } from "./numbers.ts";
import { it } from "./reading.ts";
import keras from "./fixtures/keras.json" with { type: "json" };
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

type Case = typeof pytorch.batchNorm[number];

/** A layer by itself, its scale and offset set; run on each batch of the fixture in turn. */
function assertBatches(options: BatchNormOptions, expected: readonly Case[]): void {
  const input = tf.input({ shape: [null, null, 3] });
  const outputs = batchNorm(options)(input, { name: "layer", seed: 1 });
  const model = tf.model({ inputs: input, outputs });
  const variables = namedVariables(model);
  const [gamma, beta] = ["gamma", "beta"].map((name) => variables.get(`layer_batch_norm/${name}`)!);
  tf.tidy(() => {
    gamma!.assign(tf.tensor1d(numbers("gamma", 3, 0.8, 1.2)));
    beta!.assign(tf.tensor1d(numbers("beta", 3, -0.2, 0.2)));
  });
  expected.forEach((batch, index) =>
    tf.tidy(() => {
      const shape = batch.shape as [number, number, number, number];
      const size = shape.reduce((a, b) => a * b);
      const x = tf.tensor4d(numbers(`x ${index}`, size, -1, 3), shape);
      const dy = tf.tensor4d(numbers(`dy ${index}`, size, -1, 1), shape);
      const { training } = batch;
      const apply = (x: Tensor, updateStatistics: boolean): Tensor =>
        model.apply(x, { training, updateStatistics }) as Tensor4D;
      const where = `batch ${index + 1}: `;
      const weighted = (x: Tensor): tf.Scalar => tf.sum(tf.mul(apply(x, false), dy));
      assertNumbers(`${where}dx`, tf.grad(weighted)(x), batch.dx);
      const { grads } = tf.variableGrads(() => weighted(x), [gamma!, beta!]);
      assertNumbers(`${where}dgamma`, grads[gamma!.name]!, batch.dgamma);
      assertNumbers(`${where}dbeta`, grads[beta!.name]!, batch.dbeta);
      assertNumbers(`${where}y`, apply(x, true), batch.y);
      for (const name of ["moving_mean", "moving_variance"] as const) {
        assertNumbers(
          where + name,
          variables.get(`layer_batch_norm/${name}`)!,
          batch[name],
        );
      }
    })
  );
  model.dispose();
}

describeOnEngines("batch normalisation", () => {
  it("normalises, differentiates and remembers as PyTorch's does, by default", () => {
    assertBatches({}, pytorch.batchNorm);
  });

  it("does so as TensorFlow's does, with Keras' constants", () => {
    assertBatches({ epsilon: 1e-3, momentum: 0.99, scaleDeviation: 0 }, keras.batchNorm);
  });
});
