import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { nafnet, type NafnetOptions } from "../../../plugins/generators/nafnet.ts";
import { tensorOf } from "../layers/layer_case.ts";

function task(width: number, height: number = width, channels: number = 3): TaskShape {
  const picture = { width, height, channels };
  return { input: picture, target: { ...picture, channels: 3 } };
}

function build(options: NafnetOptions = {}): LayersModel {
  return nafnet({ filters: 4, encoder: [1, 2], decoder: [1, 1], ...options })(task(8), 23);
}

const count = (model: LayersModel, className: string): number =>
  model.layers.filter((layer) => layer.getClassName() === className).length;

// Values are held against PyTorch's in tests/fidelity/restoration_test.ts.
describe("nafnet", () => {
  before(() => tf.setBackend("cpu"));

  it("doubles the channels each time it halves the picture", () => {
    const model = build();
    const shape = (name: string) => model.getLayer(name).outputShape;
    assertEquals(shape("intro_convolution"), [null, 8, 8, 4]);
    assertEquals(shape("down2_convolution"), [null, 2, 2, 16]);
    assertEquals(shape("encoder2_block2_channel_sum"), [null, 4, 4, 8]);
    assertEquals(shape("up2_pixel_shuffle"), [null, 8, 8, 4]);
    assertEquals(shape("decoder2_block1_depthwise"), [null, 8, 8, 8]);
  });

  it("has as many blocks as it is told, two gates in each", () => {
    assertEquals(count(build(), "SimpleGate"), 2 * (1 + 2 + 1 + 1 + 1));
    assertEquals(count(build({ middle: 0, encoder: [0, 0] }), "SimpleGate"), 2 * 2);
  });

  it("begins with blocks that are the identity", () => {
    const model = build();
    const within = tf.model({
      inputs: model.inputs,
      outputs: ["intro_convolution", "encoder1_block1_channel_sum"]
        .map((name) => model.getLayer(name).output as tf.SymbolicTensor),
    });
    const [before, after] = within.apply(tensorOf("x", [1, 8, 8, 3])) as Tensor[];
    assertEquals([...after!.dataSync()], [...before!.dataSync()]);
  });

  it("adds its input, and stays within -1…1 with a gradient beyond", () => {
    const model = build();
    const output = model.getLayer("output_convolution");
    output.setWeights([tf.zeros([3, 3, 4, 3]), tf.fill([3], 0.5)]);
    const x = tf.fill([1, 8, 8, 3], 0.25);
    const y = (x: Tensor): Tensor => model.apply(x) as Tensor;
    assert(y(x).dataSync().every((value) => value === 0.75));
    const bright = tf.fill([1, 8, 8, 3], 0.75);
    assert(y(bright).dataSync().every((value) => value === 1));
    assert(tf.grad(y)(bright).dataSync().every((value) => value === 1));
    const alone = build({ residual: false });
    alone.getLayer("output_convolution").setWeights([tf.zeros([3, 3, 4, 3]), tf.fill([3], 0.5)]);
    assert((alone.apply(x) as Tensor).dataSync().every((value) => value === 0.5));
  });

  it("drops out where it is asked to", () => {
    assertEquals(count(build(), "StatelessDropout"), 0);
    assertEquals(count(build({ dropoutRate: 0.5 }), "StatelessDropout"), 2 * 6);
  });

  it("refuses sizes that it cannot halve, and tasks of other channels", () => {
    const refused = (shape: TaskShape, options: NafnetOptions = {}): string =>
      assertThrows(() => nafnet(options)(shape, 23), PairlabError).message;
    assertEquals(
      refused(task(40, 64)),
      "Cannot build NAFNet for 40x64. Use 32x64 or 48x64 (multiples of 16).",
    );
    assertEquals(
      refused(task(16, 16, 1)),
      "Cannot add NAFNet's input of 1 channels to its output of 3. Use the same number for both, or residual: false.",
    );
    assertThrows(
      () => nafnet({ encoder: [1] }),
      PairlabError,
      "encoder has 1 entries, decoder 4. Use as many for both.",
    );
    assertThrows(() => nafnet({ middle: 1.5 }), PairlabError, "1.5 and 1, 1, 1, 1 blocks");
  });
});
