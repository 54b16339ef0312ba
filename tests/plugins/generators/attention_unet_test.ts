import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import {
  attentionUnet,
  type AttentionUnetOptions,
} from "../../../plugins/generators/attention_unet.ts";

function task(width: number, height: number = width): TaskShape {
  const picture = { width, height, channels: 1 };
  return { input: picture, target: { ...picture, channels: 3 } };
}

function build(options: AttentionUnetOptions = {}): LayersModel {
  return attentionUnet({ filters: [2, 4, 6, 8], ...options })(task(16, 32), 23);
}

const named = (model: LayersModel, part: RegExp): string[] =>
  model.layers.map(({ name }) => name).filter((name) => part.test(name));

// Values are held against PyTorch's in tests/fidelity/restoration_test.ts.
describe("attentionUnet", () => {
  before(() => tf.setBackend("cpu"));

  it("halves the picture between its sizes, and comes back", () => {
    const model = build();
    const shape = (name: string) => model.getLayer(name).outputShape;
    assertEquals(shape("down1_second_relu"), [null, 32, 16, 2]);
    assertEquals(shape("down4_second_relu"), [null, 4, 2, 8]);
    assertEquals(shape("up1_second_relu"), [null, 8, 4, 6]);
    assertEquals(model.outputs[0]?.shape, [null, 32, 16, 3]);
  });

  it("gates all skips but the outermost", () => {
    assertEquals(named(build(), /_sigmoid$/), ["gate1_sigmoid", "gate2_sigmoid"]);
    assertEquals(named(build({ filters: [2, 4] }), /_sigmoid$/), []);
  });

  it("makes its output of the decoder's features of every size", () => {
    assertEquals(named(build(), /^output\d_convolution$/).sort(), [
      "output1_convolution",
      "output2_convolution",
      "output3_convolution",
    ]);
    const model = build();
    assertEquals(model.getLayer("output3_enlarged").outputShape, [null, 32, 16, 3]);
  });

  it("drops out where it is asked to", () => {
    assertEquals(named(build(), /_dropout$/), []);
    assertEquals(named(build({ dropoutRate: 0.5 }), /_dropout$/), ["up1_dropout", "up2_dropout"]);
  });

  it("refuses sizes that it cannot halve, and too few filters", () => {
    assertThrows(
      () => attentionUnet()(task(40, 64), 23),
      PairlabError,
      "Cannot build an Attention U-Net for 40x64. Use 32x64 or 48x64 (multiples of 16).",
    );
    assertThrows(() => attentionUnet({ filters: [8] }), PairlabError, "filters has 1 entry. Give");
  });
});
