import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { pix2pixHd, type Pix2pixHdOptions } from "../../../plugins/generators/pix2pix_hd.ts";

function task(width: number, height: number = width): TaskShape {
  const picture = { width, height, channels: 3 };
  return { input: picture, target: picture };
}

const NARROW = { filters: 2, halvings: 2, blocks: 1, enhancerBlocks: 1 };

function build(options: Pix2pixHdOptions = {}): LayersModel {
  return pix2pixHd({ ...NARROW, ...options })(task(32, 16), 23);
}

// Values are held against PyTorch's in tests/fidelity.
describe("pix2pixHd", () => {
  before(() => tf.setBackend("cpu"));

  it("adds the global generator's features to the enhancer's, at half the size", () => {
    const model = build();
    const shape = (name: string) => model.getLayer(name).outputShape;
    assertEquals(shape("enhancer1_pooling"), [null, 8, 16, 3]);
    assertEquals(shape("global_front_convolution"), [null, 8, 16, 4]);
    assertEquals(shape("global_residual1_sum"), [null, 2, 4, 16]);
    assertEquals(shape("enhancer1_sum"), [null, 8, 16, 4]);
    assertEquals(shape("enhancer1_up_relu"), [null, 16, 32, 2]);
    assertEquals(model.outputs[0]?.shape, [null, 16, 32, 3]);
  });

  it("is the global generator alone without enhancers", () => {
    const names = build({ enhancers: 0 }).layers.map(({ name }) => name);
    assert(!names.some((name) => name.startsWith("enhancer")));
    assert(names.includes("global_up2_relu"));
  });

  it("puts each enhancer around the one before", () => {
    const model = build({ enhancers: 2, halvings: 1 });
    assertEquals(model.getLayer("enhancer1_pooling").outputShape, [null, 4, 8, 3]);
    assertEquals(model.getLayer("enhancer1_up_relu").outputShape, [null, 8, 16, 4]);
    assertEquals(model.getLayer("enhancer2_sum").outputShape, [null, 8, 16, 4]);
    assertEquals(model.getLayer("enhancer2_up_relu").outputShape, [null, 16, 32, 2]);
  });

  it("refuses sizes that it cannot halve as often, and counts that are none", () => {
    assertThrows(
      () => pix2pixHd()(task(100, 64), 23),
      PairlabError,
      "of 5 halvings for 100x64. Use 96x64 or 128x64 (multiples of 32)",
    );
    assertThrows(() => pix2pixHd({ enhancers: -1 }), PairlabError, "enhancers is -1");
  });
});
