import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { buildHourglass, type HourglassOptions } from "../../../plugins/layers/hourglass.ts";
import { normal } from "../../../plugins/layers/initializers.ts";
import type { Upsample } from "../../../plugins/layers/upsampling.ts";

const KIND = { name: "small", inWords: "a small one", skips: true, reluOnSkips: true };
const PICTURE = { height: 16, width: 8, channels: 2 };

function build(options: HourglassOptions = {}): LayersModel {
  const shape = { input: PICTURE, target: PICTURE };
  return buildHourglass(shape, 23, KIND, { filters: [2, 4], ...options });
}

// What it builds is tested as unet and encoderDecoder.
describe("buildHourglass", () => {
  before(() => tf.setBackend("cpu"));

  it("takes a normalisation and an upsampling of one's own", () => {
    const made: string[] = [];
    const norm: HourglassOptions["norm"] = (x, { name }) => {
      made.push(`norm ${name}`);
      return x;
    };
    const upsample: Upsample = (x, { name, filters, bias }) => {
      made.push(`up ${name} ${filters} ${bias}`);
      const layer = tf.layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2, name });
      return layer.apply(x) as tf.SymbolicTensor;
    };
    assertEquals(build({ norm, upsample }).outputs[0]!.shape, [null, 16, 8, 2]);
    assertEquals(made, ["up up1 2 false", "norm up1", "up output 2 true"]);
  });

  it("begins all weights as it is told", () => {
    const kernels = build({ initializer: normal({ deviation: 0 }) }).weights
      .filter(({ originalName }) => originalName.endsWith("/kernel"));
    assertEquals(kernels.length, 4);
    for (const kernel of kernels) {
      assertEquals(kernel.read().dataSync().every((value) => value === 0), true);
    }
  });

  it("names its kind when it refuses", () => {
    assertThrows(() => build({ filters: [] }), PairlabError, "Cannot build a small one: filters");
  });
});
