import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { labToRgb, rgbToLab } from "../../../core/ops/lab.ts";
import { toPictures } from "../../../core/model/tensors.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import expected from "./fixtures/lab.json" with { type: "json" };

/** One row of pixels. */
function row(values: readonly number[][]): tf.Tensor4D {
  return tf.tensor4d(values.flat(), [1, 1, values.length, 3]);
}

const ofLevels = (levels: readonly number[][]): tf.Tensor4D =>
  row(levels.map((pixel) => pixel.map((level) => level / 127.5 - 1)));

function assertNear(actual: tf.Tensor4D, wanted: readonly number[], tolerance: number): void {
  const values = actual.dataSync();
  assertEquals(values.length, wanted.length);
  for (const [i, value] of values.entries()) assertAlmostEquals(value, wanted[i] ?? NaN, tolerance);
}

describeOnEngines("L*a*b*", () => {
  it("of RGB is scikit-image's, black and the straight part of the curve included", () =>
    assertNear(rgbToLab(ofLevels(expected.rgb)), expected.lab_of_rgb.flat(), 2e-3));

  it("to RGB is scikit-image's, clipped where there is no such colour", () => {
    const wanted = expected.rgb_of_lab.flat().map((value) => 2 * value - 1);
    assert(wanted.includes(-1) && wanted.includes(1), "some colours must be clipped");
    assertNear(labToRgb(row(expected.lab)), wanted, 1e-4);
  });

  it("and back gives every 8-bit colour again", async () => {
    const [picture] = await toPictures(labToRgb(rgbToLab(ofLevels(expected.rgb))));
    assertEquals([...picture?.data ?? []], expected.rgb.flat());
  });

  it("stays within what the networks' range has room for", () => {
    const [L, a, b] = tf.unstack(tf.reshape(rgbToLab(ofLevels(expected.rgb)), [-1, 3]), 1);
    assert(L!.min().dataSync()[0]! > -1e-3 && L!.max().dataSync()[0]! < 100.001);
    for (const channel of [a, b]) assert(tf.abs(channel!).max().dataSync()[0]! < 110);
  });

  it("leaves nothing behind but its result", () => {
    const pictures = ofLevels(expected.rgb);
    const before = tf.memory().numTensors;
    tf.dispose([rgbToLab(pictures), labToRgb(pictures)]);
    assertEquals(tf.memory().numTensors, before);
  });

  it("of other than three channels there is none", () => {
    for (const convert of [rgbToLab, labToRgb]) {
      assertThrows(() => convert(tf.zeros([1, 2, 2, 1])), PairlabError, "RGB, 3 channels");
    }
  });
});
