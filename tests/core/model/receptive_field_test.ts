import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor, Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { receptiveField } from "../../../core/model/receptive_field.ts";
import { multiScale } from "../../../plugins/discriminators/multi_scale.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { averagePooling } from "../../../plugins/layers/average_pooling.ts";
import { convolution, transposedConvolution } from "../../../plugins/layers/convolution.ts";
import { doubling } from "../../../plugins/layers/doubling.ts";
import { reflectionPadding } from "../../../plugins/layers/reflection_padding.ts";
import { subPixelUpsampling } from "../../../plugins/layers/upsampling.ts";

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

/**
 * The rows and columns of the first input whose change changes one output position in the middle,
 * tried line by line around the edges of what is seen.
 */
function seenByPerturbation(model: LayersModel, output: number): [number, number] {
  return tf.tidy(() => {
    const inputs = model.inputs.map(({ shape }) => tf.fill(shape.map((size) => size ?? 1), 0.5));
    const [, height, width] = inputs[0]!.shape as [number, number, number];
    const only = tf.model({ inputs: model.inputs, outputs: model.outputs[output]! });
    const [, rows, columns] = only.outputs[0]!.shape as [null, number, number];
    const at = [0, Math.floor(rows / 2), Math.floor(columns / 2), 0];
    const outcome = (first: Tensor): number => {
      const given = [first, ...inputs.slice(1)];
      const logits = only.apply(given, { training: false }) as Tensor4D;
      return tf.slice(logits, at, [1, 1, 1, 1]).dataSync()[0]!;
    };
    const base = outcome(inputs[0]!);
    const changes = (axis: 0 | 1, line: number): boolean =>
      tf.tidy(() => {
        const sizes = [height, width];
        const mask = tf.oneHot(tf.tensor1d([line], "int32"), sizes[axis]!);
        const placed = tf.reshape(mask, axis === 0 ? [1, height, 1, 1] : [1, 1, width, 1]);
        return outcome(tf.add(inputs[0]!, tf.mul(placed, 100))) !== base;
      });
    const extent = (axis: 0 | 1, size: number): number => {
      // What is seen is one run of lines: its ends lie between a line that is and one that is not.
      const inside = Math.floor(size / 2);
      assert(changes(axis, inside), "the middle does not see the middle");
      const edge = (seen: number, unseen: number): number => {
        while (Math.abs(seen - unseen) > 1) {
          const middle = Math.trunc((seen + unseen) / 2);
          if (changes(axis, middle)) seen = middle;
          else unseen = middle;
        }
        return seen;
      };
      return edge(inside, size) - edge(inside, -1) + 1;
    };
    return [extent(0, height), extent(1, width)];
  });
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

  for (const field of [1, 16, 34, 70, 94, 142, 286]) {
    it(`of a narrow PatchGAN of ${field} is what changes a logit, to the pixel`, () => {
      const picture = { height: Math.max(32, field + 40), width: field + 48, channels: 1 };
      const build = patchGan({ receptiveField: field, filters: 1 });
      const model = positive(build({ input: picture, target: picture }, 1));
      const { height, width } = receptiveField(model);
      assertEquals([height, width], [field, field]);
      assertEquals(seenByPerturbation(model, 0), [field, field]);
      model.dispose();
    });
  }

  it("of a PatchGAN of the whole picture is at least that, and all of it changes the logit", () => {
    for (const [width, height] of [[32, 32], [37, 22], [5, 7]] as const) {
      const picture = { height, width, channels: 1 };
      const build = patchGan({ receptiveField: "image", filters: 1 });
      const model = positive(build({ input: picture, target: picture }, 1));
      const found = receptiveField(model);
      assert(found.height >= height && found.width >= width, `${found.width}x${found.height}`);
      assertEquals(seenByPerturbation(model, 0), [height, width]);
      model.dispose();
    }
  });

  it("of several scales grows with each, by the pooling before it", () => {
    const picture = { height: 76, width: 84, channels: 1 };
    const discriminator = patchGan({ receptiveField: 16, filters: 1 });
    const build = multiScale({ scales: 3, discriminator });
    const model = positive(build({ input: picture, target: picture }, 1));
    // 3x3 around every second pixel: (16 - 1) * 2 + 3, and the same again.
    for (const [scale, field] of [16, 33, 67].entries()) {
      const { height, width } = receptiveField(model, scale);
      assertEquals([height, width], [field, field]);
      assertEquals(seenByPerturbation(model, scale), [field, field]);
    }
    model.dispose();
  });

  const layers: Record<string, (x: SymbolicTensor) => SymbolicTensor> = {
    "reflection padding": (x) => reflectionPadding(x, { name: "layer", padding: 3 }),
    "average pooling": (x) => averagePooling(x, { name: "layer" }),
    "doubling": (x) => doubling(x, { name: "layer" }),
    "bilinear doubling": (x) => doubling(x, { name: "layer", interpolation: "bilinear" }),
    "sub-pixel upsampling": (x) =>
      subPixelUpsampling()(x, { name: "layer", seed: 1, filters: 1, bias: false }),
    "an odd transposed convolution": (x) =>
      transposedConvolution(x, {
        name: "layer",
        seed: 1,
        filters: 1,
        kernel: 3,
        padding: 1,
        bias: false,
      }),
    "a spectrally normalised convolution": (x) =>
      convolution(x, { name: "layer", seed: 1, filters: 1, bias: false, spectral: true }),
    "a spectrally normalised transposed convolution": (x) =>
      transposedConvolution(x, { name: "layer", seed: 1, filters: 1, bias: false, spectral: true }),
  };
  for (const [name, layer] of Object.entries(layers)) {
    it(`through ${name} is the largest that gradients reach`, () => {
      const around = (name: string, x: SymbolicTensor): SymbolicTensor =>
        convolution(x, { name, seed: 1, filters: 1, kernel: 3, stride: 1, bias: false });
      const input = tf.input({ shape: [16, 16, 1] });
      const outputs = around("after", layer(around("before", input)));
      const model = positive(tf.model({ inputs: input, outputs }));
      const { height, width } = receptiveField(model);
      const middle = Math.floor(model.outputs[0]!.shape[1]! / 2);
      const found = [middle, middle + 1].map((at) => seenByGradient(model, at, at));
      assertEquals([height, width], [
        Math.max(...found.map(([rows]) => rows)),
        Math.max(...found.map(([, columns]) => columns)),
      ]);
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
