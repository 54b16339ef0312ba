import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import {
  checkHalvings,
  residualBody,
  residualPart,
  residualSettings,
} from "../../../plugins/layers/residual.ts";
import { networkOf, tensorOf } from "./layer_case.ts";

const SETTINGS = residualSettings({}, 23);

// Whole networks are held against PyTorch's in tests/fidelity.
describe("residual parts", () => {
  before(() => tf.setBackend("cpu"));

  it("add what they make to what they are given", () => {
    const model = networkOf(
      [1, 4, 4, 2],
      (x) => residualPart(x, { ...SETTINGS, name: "residual1", filters: 2 }),
    );
    const x = tensorOf("x", [1, 4, 4, 2]);
    assertNotEquals([...(model.predict(x) as Tensor).dataSync()], [...x.dataSync()]);
    const last = model.getLayer("residual1_second_convolution").getWeights()[0]!;
    model.getLayer("residual1_second_convolution").setWeights([tf.zerosLike(last)]);
    assertEquals([...(model.predict(x) as Tensor).dataSync()], [...x.dataSync()]);
  });

  it("come back to the picture's size, under names after the prefix", () => {
    const model = networkOf(
      [1, 8, 16, 3],
      (x) => residualBody(x, { ...SETTINGS, prefix: "g_", filters: 2, halvings: 1, blocks: 1 }),
    );
    assertEquals(model.outputs[0]!.shape, [null, 8, 16, 2]);
    assertEquals(model.weights.map(({ originalName }) => originalName), [
      "g_front_convolution/kernel",
      "g_down1_convolution/kernel",
      "g_residual1_first_convolution/kernel",
      "g_residual1_second_convolution/kernel",
      "g_up1_transposed_convolution/kernel",
    ]);
  });

  it("need two rows where they are smallest, and four where they mirror three", () => {
    const check = (width: number, height: number, halvings: number): void =>
      checkHalvings("a ResNet", { width, height, channels: 3 }, halvings);
    check(4, 8, 1);
    check(4, 5, 0);
    assertThrows(() => check(2, 8, 1), PairlabError, "Use 4x8 (");
    assertThrows(() => check(5, 8, 1), PairlabError, "Use 4x8 or 6x8 (");
    assertThrows(() => check(3, 5, 0), PairlabError, "Use 4x5 (");
  });
});
