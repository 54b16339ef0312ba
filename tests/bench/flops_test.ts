import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withShapesOnly } from "../../core/backends/shapes.ts";
import { forwardFlops, stepFlops } from "./flops.ts";
import { buildNetworks, type Networks } from "../../core/model/networks.ts";
import type { UpdateOrder } from "../../core/plugin.ts";
import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../plugins/generators/unet.ts";
import { tinyWiring } from "../core/train/tiny.ts";

const image = { height: 256, width: 256, channels: 3 };

/** The paper's networks, as shapes. */
function paperNetworks(receptiveField: number): Required<Omit<Networks, "averaged">> {
  const shape = { input: image, target: image };
  return {
    generator: unet()(shape, 1),
    discriminator: patchGan({ receptiveField })(shape, 2),
  };
}

function tenths(flops: number): number {
  return Math.round(flops / 1e8) / 10;
}

describe("the operations of a forward pass", () => {
  it("are those of the paper's networks, in GFLOP", () =>
    withShapesOnly(() => {
      const { generator, discriminator } = paperNetworks(70);
      assertEquals(Math.round(forwardFlops(generator) / 1e7) / 100, 12.1);
      assertEquals(Math.round(forwardFlops(discriminator) / 1e7) / 100, 6.39);
      assertEquals(
        Math.round(forwardFlops(paperNetworks(94).discriminator) / 1e7) / 100,
        3.43,
      );
    }));

  it("are counted by hand for each kind of layer", () =>
    withShapesOnly(() => {
      const input = tf.input({ shape: [6, 8, 3] });
      const of = (layer: tf.layers.Layer): number =>
        forwardFlops(tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor }));
      const size = { kernelSize: 4, strides: 2, padding: "same" as const };
      // 3x4 positions, 4x4x3 numbers each, 5 filters.
      assertEquals(of(tf.layers.conv2d({ filters: 5, ...size })), 2 * 12 * 48 * 5);
      // Each of 6x8 positions is spread over 4x4x5 numbers from 3 channels.
      assertEquals(of(tf.layers.conv2dTranspose({ filters: 5, ...size })), 2 * 48 * 80 * 3);
      assertEquals(of(tf.layers.depthwiseConv2d(size)), 2 * 12 * 16 * 3);
      assertEquals(of(tf.layers.separableConv2d({ filters: 5, ...size })), 2 * 12 * (48 + 15));
      assertEquals(of(tf.layers.dense({ units: 7 })), 2 * 48 * 3 * 7);
      assertEquals(of(tf.layers.batchNormalization()), 0);
      assertEquals(of(tf.layers.leakyReLU()), 0);
    }));

  it("count a layer each time it is used, and a network within a network", () =>
    withShapesOnly(() => {
      const dense = tf.layers.dense({ units: 3 });
      const input = tf.input({ shape: [3] });
      const twice = dense.apply(dense.apply(input)) as tf.SymbolicTensor;
      const inner = tf.model({ inputs: input, outputs: twice });
      assertEquals(forwardFlops(inner), 2 * 2 * 9);
      const again = tf.input({ shape: [3] });
      const outer = dense.apply(inner.apply(again) as tf.SymbolicTensor) as tf.SymbolicTensor;
      assertEquals(forwardFlops(tf.model({ inputs: again, outputs: outer })), 3 * 2 * 9);
    }));
});

describe("the operations of a step", () => {
  const cases: [number, UpdateOrder, number][] = [
    [70, "simultaneous", 80.5],
    [70, "alternate", 86.9],
    [94, "simultaneous", 59.8],
    [94, "alternate", 63.2],
  ];
  for (const [receptiveField, order, gflop] of cases) {
    it(`are ${gflop} GFLOP with a field of ${receptiveField}, ${order}`, () =>
      withShapesOnly(() => {
        assertEquals(tenths(stepFlops(paperNetworks(receptiveField), order)), gflop);
      }));
  }

  it("leave out gradients of weights that are not trained, and of inputs before them", () =>
    withShapesOnly(() => {
      const dense = (units: number): tf.layers.Layer => tf.layers.dense({ units });
      const layers = [tf.layers.dense({ units: 5, inputShape: [2] }), dense(7), dense(3)];
      const generator = tf.sequential({ layers });
      // Forward, weights, and inputs of all but the first.
      assertEquals(stepFlops({ generator }, "alternate"), 2 * (2 * 10 + 3 * 35 + 3 * 21));
      layers[0]!.trainable = false;
      assertEquals(stepFlops({ generator }, "alternate"), 2 * (10 + 2 * 35 + 3 * 21));
    }));

  it("pass through an unconditional D too", () =>
    withShapesOnly(() => {
      const shape = { input: image, target: image };
      const generator = unet()(shape, 1);
      const discriminator = patchGan({ conditional: false })(shape, 2);
      const first = 2 * 128 * 128 * 64 * 48;
      const own = 3 * forwardFlops(generator) - first;
      const d = forwardFlops(discriminator);
      assertEquals(
        stepFlops({ generator, discriminator }, "simultaneous"),
        own + 7 * d - 2 * first,
      );
    }));

  it("fall by three quarters with half the size", () =>
    withShapesOnly(() => {
      const half = { height: 16, width: 16, channels: 3 };
      const whole = { height: 32, width: 32, channels: 3 };
      const at = (image: typeof half): number =>
        stepFlops(buildNetworks(tinyWiring(), { input: image, target: image }, 0), "alternate");
      assert(at(half) < at(whole) / 3.5);
    }));
});
