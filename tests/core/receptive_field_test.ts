import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { receptiveField } from "../../core/receptive_field.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";

/**
 * The rows and columns of the inputs whose gradient is not zero, for one output position: what
 * this position sees, found by another way than by the layers.
 */
function seenByGradient(model: LayersModel, row: number, column: number): [number, number] {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }, index) => {
      const [, height, width, channels] = shape as [null, number, number, number];
      return tf.randomUniform<tf.Rank.R4>(
        [1, height, width, channels],
        0.1,
        1,
        "float32",
        7 + index,
      );
    });
    const one = (...inputs: Tensor4D[]): tf.Scalar => {
      const output = model.apply(inputs, { training: false }) as Tensor4D;
      return tf.sum(tf.slice(output, [0, row, column, 0], [1, 1, 1, -1]));
    };
    const gradients = tf.grads((...inputs) => one(...inputs as Tensor4D[]))(inputs);
    const extents = [[2, 3], [1, 3]].map((axes) => {
      const seen = gradients.map((gradient) => {
        const lines = tf.squeeze(tf.max(tf.abs(gradient), axes)).dataSync();
        const indices = [...lines].flatMap((value, index) => value > 0 ? [index] : []);
        return Math.max(...indices) - Math.min(...indices) + 1;
      });
      return Math.max(...seen);
    });
    return [extents[0]!, extents[1]!];
  });
}

/** Weights of one sign, so that no gradient is lost to a ReLU or to another one's opposite. */
function positive(model: LayersModel): LayersModel {
  tf.tidy(() =>
    model.trainableWeights.forEach((weight) => weight.write(tf.fill(weight.read().shape, 0.1)))
  );
  return model;
}

function chain(
  shape: [number, number, number],
  ...layers: { apply(x: SymbolicTensor): unknown }[]
): LayersModel {
  const inputs = tf.input({ shape });
  const outputs = layers.reduce((x, layer) => layer.apply(x) as SymbolicTensor, inputs);
  return tf.model({ inputs, outputs });
}

describe("receptiveField", () => {
  before(() => tf.setBackend("cpu"));

  it("of one convolution is its kernel", () => {
    const model = chain([9, 9, 1], tf.layers.conv2d({ filters: 1, kernelSize: [3, 5] }));
    assertEquals(receptiveField(model), { height: 3, width: 5, stride: 1 });
  });

  it("of convolutions and pooling in a row is (r - 1) * stride + kernel, from the end", () => {
    const model = chain(
      [64, 64, 1],
      tf.layers.conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: "same" }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.reLU(),
      tf.layers.zeroPadding2d({ padding: [[1, 2], [0, 3]] }),
      tf.layers.conv2d({ filters: 1, kernelSize: 3, dilationRate: 2 }),
    );
    // 5, then (5 - 1) * 2 + 2 = 10, then (10 - 1) * 2 + 3 = 21.
    assertEquals(receptiveField(model), { height: 21, width: 21, stride: 4 });
  });

  it("of branches covers them all, where they lie", () => {
    const input = tf.input({ shape: [32, 32, 1] });
    const side = (top: number, bottom: number): SymbolicTensor => {
      const padding: [[number, number], [number, number]] = [[top, bottom], [1, 1]];
      const padded = tf.layers.zeroPadding2d({ padding }).apply(input) as SymbolicTensor;
      return tf.layers.conv2d({ filters: 1, kernelSize: 3 }).apply(padded) as SymbolicTensor;
    };
    const outputs = tf.layers.add().apply([side(2, 0), side(0, 2)]) as SymbolicTensor;
    const model = tf.model({ inputs: input, outputs });
    // Rows -2…0 and 0…2 of the same output.
    assertEquals(receptiveField(model), { height: 5, width: 3, stride: 1 });
    assertEquals(seenByGradient(positive(model), 16, 16), [5, 3]);
  });

  it("behind a transposed convolution is the largest that an output has", () => {
    const model = positive(chain(
      [8, 8, 1],
      tf.layers.conv2d({ filters: 1, kernelSize: 3, padding: "same" }),
      tf.layers.conv2dTranspose({ filters: 1, kernelSize: 5, strides: 2, padding: "same" }),
    ));
    const { height, width } = receptiveField(model);
    const found = [7, 8, 9, 10].map((at) => seenByGradient(model, at, at));
    assertEquals([height, width], [
      Math.max(...found.map(([rows]) => rows)),
      Math.max(...found.map(([, columns]) => columns)),
    ]);
  });

  for (const field of [1, 16, 34, 70, 94]) {
    it(`of a narrow PatchGAN of ${field} is what its gradient reaches`, () => {
      const picture = { height: 128, width: 128, channels: 1 };
      const build = patchGan({ receptiveField: field, filters: 1 });
      const model = positive(build({ input: picture, target: picture }, 1));
      const middle = Math.floor(model.outputs[0]!.shape[1]! / 2);
      const { height, width } = receptiveField(model);
      assertEquals([height, width], [field, field]);
      assertEquals(seenByGradient(model, middle, middle), [field, field]);
      model.dispose();
    });
  }

  it("of a narrow U-Net is what the gradients of its outputs reach at most", () => {
    const picture = { height: 64, width: 64, channels: 1 };
    const build = unet({ filters: [2, 2], dropout: 0 });
    const model = positive(build({ input: picture, target: picture }, 1));
    const { height, width, stride } = receptiveField(model);
    const found = [32, 33, 34, 35].map((at) => seenByGradient(model, at, at));
    assertEquals([height, width], [
      Math.max(...found.map(([rows]) => rows)),
      Math.max(...found.map(([, columns]) => columns)),
    ]);
    assertEquals(stride, 1);
  });

  it("of a layer of which nothing is known is the whole picture", () => {
    const model = chain(
      [12, 20, 1],
      tf.layers.conv2d({ filters: 1, kernelSize: 3 }),
      tf.layers.permute({ dims: [1, 2, 3] }),
    );
    const { height, width } = receptiveField(model);
    assertEquals([height, width], [12, 20]);
  });

  it("refuses an output that the network has not", () => {
    const model = chain([9, 9, 1], tf.layers.conv2d({ filters: 1, kernelSize: 3, name: "only" }));
    const error = assertThrows(() => receptiveField(model, 1), RangeError, "it has 1");
    assert(error.message.startsWith("Cannot find output 1"));
  });
});
