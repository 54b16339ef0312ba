import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { type Picture, randomStream, rgbToLab } from "../../../core/plugin.ts";
import { toTensor } from "../../../core/model/tensors.ts";
import { greyscale } from "../../../plugins/degrade/greyscale.ts";
import { KINDS, patterned } from "../../conformance/pictures.ts";

function labOf(picture: Picture): number[] {
  return [...tf.tidy(() => rgbToLab(toTensor([picture])).dataSync())];
}

describe("greyscale", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("keeps the lightness of every pixel and nothing of its colours", async () => {
    const colourful = patterned(KINDS[0]!, 1);
    const { picture } = await greyscale().apply(colourful, randomStream(1));
    const before = labOf(colourful), after = labOf(picture);
    for (let i = 0; i < before.length; i += 3) {
      assertAlmostEquals(after[i] ?? NaN, before[i] ?? NaN, 2e-3);
      // The white of the matrix is a hair beside D65, as scikit-image rounds it.
      assertAlmostEquals(after[i + 1] ?? NaN, 0, 0.02);
      assertAlmostEquals(after[i + 2] ?? NaN, 0, 0.02);
    }
  });

  it("keeps 16 bits, and pictures that are grey already", async () => {
    const deep = { data: new Uint16Array([300, 300, 300]), width: 1, height: 1, channels: 3 };
    const { picture } = await greyscale().apply(deep, randomStream(1));
    for (const value of picture.data) assertAlmostEquals(value, 300 / 257, 1e-5);
    const grey = { data: new Uint8Array([7, 200]), width: 2, height: 1, channels: 1 };
    const same = await greyscale().apply(grey, randomStream(1));
    assertEquals([...same.picture.data], [7, 200]);
    assert(same.picture.data instanceof Float32Array);
  });
});
