import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { namedVariables } from "../../../core/model/networks.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { resnet, type ResnetOptions } from "../../../plugins/generators/resnet.ts";
import { batchNorm } from "../../../plugins/layers/batch_norm.ts";
import { instanceNorm } from "../../../plugins/layers/instance_norm.ts";

function task(width: number, height: number = width): TaskShape {
  const picture = { width, height, channels: 3 };
  return { input: picture, target: { ...picture, channels: 1 } };
}

function build(options: ResnetOptions = {}): LayersModel {
  return resnet({ blocks: 2, filters: 4, ...options })(task(16), 23);
}

const count = (model: LayersModel, className: string): number =>
  model.layers.filter((layer) => layer.getClassName() === className).length;

// Values are held against PyTorch's in tests/fidelity.
describe("resnet", () => {
  before(() => tf.setBackend("cpu"));

  it("halves the picture twice, and works there", () => {
    const model = build();
    const shape = (name: string) => model.getLayer(name).outputShape;
    assertEquals(shape("front_convolution"), [null, 16, 16, 4]);
    assertEquals(shape("down2_convolution"), [null, 4, 4, 16]);
    assertEquals(shape("residual2_sum"), [null, 4, 4, 16]);
    assertEquals(shape("up1_relu"), [null, 8, 8, 8]);
    assertEquals(model.outputs[0]?.shape, [null, 16, 16, 1]);
  });

  it("has as many residual blocks as it is told", () => {
    for (const blocks of [0, 1, 3]) {
      assertEquals(count(build({ blocks }), "Add"), blocks);
    }
  });

  it("has biases only where a norm does not make them idle, or is told to keep them", () => {
    const biases = (options: ResnetOptions): string[] =>
      [...namedVariables(build(options)).keys()].filter((name) => name.endsWith("/bias"));
    assertEquals(biases({}), ["output_convolution/bias"]);
    assertEquals(biases({ norm: batchNorm() }), ["output_convolution/bias"]);
    assertEquals(biases({ norm: instanceNorm({ bias: true }) }).length, 1 + 2 + 4 + 2 + 1);
  });

  it("drops out within its blocks, where it is asked to", () => {
    assertEquals(count(build(), "StatelessDropout"), 0);
    assertEquals(count(build({ dropoutRate: 0.5 }), "StatelessDropout"), 2);
  });

  it("refuses sizes that it cannot halve or mirror, and names those that would work", () => {
    const refused = (width: number, height: number, options: ResnetOptions = {}): string =>
      assertThrows(() => resnet(options)(task(width, height), 23), PairlabError).message;
    assertEquals(
      refused(30, 64),
      "Cannot build a ResNet of 2 halvings for 30x64. Use 28x64 or 32x64 (multiples of 4).",
    );
    assert(refused(4, 4).includes("Use 8x8 ("));
    assert(refused(2, 8, { halvings: 0 }).includes("Use 4x8 ("));
    assert(resnet({ blocks: 1, filters: 1 })(task(8), 23));
    assert(resnet({ blocks: 1, filters: 1, halvings: 0 })(task(4), 23));
    assertThrows(() => resnet({ blocks: 1.5 }), PairlabError, "1.5 blocks");
  });
});
