import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { startEngine } from "../../../core/backends/engine.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { NamedArray } from "../../../core/export/foreign_unet.ts";
import { importUnet } from "../../../core/export/import.ts";
import { fromKeras } from "../../../core/export/keras.ts";
import { LAYERS_IN_MODE } from "../../../core/model/inference_modes.ts";
import { type KerasFile, readKeras } from "../../../core/model/keras_file.ts";
import { generate } from "../../../core/model/networks.ts";
import { readSafetensors } from "../../../core/runs/safetensors.ts";
import { buildUnet, kerasPicture } from "./generators.ts";

// Made by make_keras.py there with Keras 3 and with tf_keras (Keras 2): the tutorial's generator with
// filters 2, 3, 4, 4, 4, 4 and random weights, and every fourth pixel of what it makes.
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../model/fixtures/${name}`, import.meta.url));

/** `picture()` of make_keras.py, normalised. */
const input = (): Tensor4D =>
  tf.tensor4d(
    Float32Array.from(kerasPicture(), (level) => level / 127.5 - 1),
    [1, 64, 128, 3],
  );

describe("the generator of TensorFlow's tutorial", () => {
  before(async () => void await startEngine("cpu"));

  for (const file of ["unet.keras", "unet_keras2.h5"]) {
    for (const mode of ["deterministic", "running"] as const) {
      it(`gives Keras' pictures in the mode ${mode} (${file})`, async () => {
        const { model, unet, description } = await importUnet(fixture(file), { build: buildUnet });
        assertEquals(unet, {
          filters: [2, 3, 4, 4, 4, 4],
          slope: 0.3,
          epsilon: 0.001,
          innermostNorm: true,
          reluOnSkips: false,
        });
        assertEquals(description.shape.input, { height: 64, width: 128, channels: 3 });
        const { tensors } = await readSafetensors(fixture("unet_outputs.safetensors"));
        const { values: expected, shape } = tensors.get(mode)!;
        const step = tf.scalar(0, "int32");
        const how = { ...LAYERS_IN_MODE[mode], updateStatistics: false, step };
        const whole = generate(model, input(), how);
        const found = tf.stridedSlice(whole, [0, 0, 0, 0], whole.shape, [1, 4, 4, 1]);
        assertEquals(found.shape, shape);
        const values = await found.data();
        const largest = Math.max(...values.map((value, i) => Math.abs(value - expected[i]!)));
        assert(largest < 1e-5, `${largest}`);
      });
    }
  }
});

describe("weights that are not of the tutorial's generator", () => {
  /** The fixture with some weights changed. */
  const changed = async (change: (tensors: Map<string, NamedArray>) => void) => {
    const { tensors, config } = await readKeras(fixture("unet.keras"));
    const copy = new Map(tensors);
    change(copy);
    return { tensors: copy, config };
  };
  const array = (...shape: number[]): NamedArray => ({
    shape,
    values: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
  });

  const refusals: [what: string, words: string, change: (t: Map<string, NamedArray>) => void][] = [
    ["a dense layer", 'its layer "dense" is no convolution', (t) => t.set("dense/w", array(3))],
    ["one convolution more", "it has 13 convolutions", (t) => t.set("c/kernel", array(4, 4, 3, 3))],
    [
      "a norm too few",
      "it has 8 norms; this U-Net of 6 levels has 10",
      (t) => {
        for (const name of [...t.keys()]) if (/normalization_[12]\//.test(name)) t.delete(name);
      },
    ],
    [
      "kernels of 3",
      '"sequential_1/conv2d_1/kernel" has the shape [3,3,2,3] where this U-Net has [4,4,2,3]',
      (t) => t.set("sequential_1/conv2d_1/kernel", array(3, 3, 2, 3)),
    ],
    [
      "a bias before a norm",
      'it has "sequential_1/conv2d_1/bias" besides',
      (t) => t.set("sequential_1/conv2d_1/bias", array(3)),
    ],
  ];
  for (const [what, words, change] of refusals) {
    it(`are rejected: ${what}`, async () => {
      const file = await changed(change);
      assertThrows(() => fromKeras(file), PairlabError, words);
    });
  }

  it("are rejected where leaky ReLUs differ, which unet() has not", async () => {
    const { tensors } = await readKeras(fixture("unet.keras"));
    const relu = (slope: number) => ({
      class_name: "LeakyReLU",
      config: { negative_slope: slope },
    });
    const file: KerasFile = { tensors, config: { layers: [relu(0.3), relu(0.2)] } };
    assertThrows(() => fromKeras(file), PairlabError, "several values of slope: 0.3,0.2");
  });
});
