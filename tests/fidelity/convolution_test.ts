import * as tf from "@tensorflow/tfjs";
import type { SymbolicTensor, Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { convolution, transposedConvolution } from "../../plugins/layers/convolution.ts";
import { describeOnEngines } from "./engines.ts";
import { assertNumbers, numbers } from "./numbers.ts";
import { it } from "./reading.ts";
import keras from "./fixtures/keras.json" with { type: "json" };
import pytorch from "./fixtures/pytorch.json" with { type: "json" };

type Case = typeof pytorch.convolutions[number];

function assertConvolution({ name, x, stride, y }: Case, padding: number | "same"): void {
  tf.tidy(() => {
    const input = tf.input({ shape: x.slice(1) });
    const options = { name: "layer", seed: 1, filters: 2, stride, bias: false };
    const outputs: SymbolicTensor = name === "transposed"
      ? transposedConvolution(input, options)
      : convolution(input, { ...options, padding });
    const model = tf.model({ inputs: input, outputs });
    const [kernel] = model.trainableWeights;
    const { shape } = kernel!.read();
    kernel!.write(tf.tensor(numbers(`kernel ${name}`, kernel!.read().size, -1, 1), shape));
    const size = x.reduce((a, b) => a * b);
    const found = model.apply(tf.tensor(numbers(`x ${name}`, size, -1, 1), x)) as Tensor;
    assertEquals(found.shape, y.shape);
    assertNumbers("y", found, y.values);
    model.dispose();
  });
}

describeOnEngines("convolutions", () => {
  for (const expected of pytorch.convolutions) {
    it(`with a padding of 1 are PyTorch's (${expected.name})`, () =>
      assertConvolution(expected, 1));
  }
  for (const expected of keras.convolutions) {
    it(`with "same" padding are Keras' (${expected.name})`, () =>
      assertConvolution(expected, "same"));
  }
});
