import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../../core/base/errors.ts";
import { buildNetworks } from "../../../../core/model/networks.ts";
import type { Generator, InferenceMode, Picture, TaskShape } from "../../../../core/plugin.ts";
import { networkShape } from "../../../../core/model/colours.ts";
import { rgbToLab } from "../../../../core/ops/mod.ts";
import { toTensor } from "../../../../core/model/tensors.ts";
import { createPredict } from "../../../../core/predict/predict.ts";
import { randomStream } from "../../../../core/random/stream.ts";
import { predictInTiles, type TiledOptions } from "../../../../core/predict/tiles/predict_tiled.ts";
import { convolution } from "../../../../plugins/layers/convolution.ts";
import { normal } from "../../../../plugins/layers/initializers.ts";
import { identity } from "../../../../plugins/generators/identity.ts";
import { tinyWiring } from "../../train/tiny.ts";

/** Every level of the depth may occur. */
function grainy(width: number, height: number, { channels = 3, depth = 8 } = {}): Picture {
  const random = randomStream(5, "grainy");
  const length = width * height * channels;
  const data = depth === 8
    ? Uint8Array.from({ length }, () => random.integer(256))
    : Uint16Array.from({ length }, () => random.integer(65536));
  return { data, width, height, channels };
}

function shapeOf(width: number, height: number, input = 3, target = input): TaskShape {
  const size = { width, height };
  return { input: { ...size, channels: input }, target: { ...size, channels: target } };
}

/** Predicts with a network of a shape, in tiles of it or, if the picture is as large, as a whole. */
function predictorOf(generator: Generator, shape: TaskShape) {
  const model = buildNetworks(tinyWiring({ generator }), shape, 5).generator;
  const predict = createPredict(model);
  const description = { shape, resize: "cubic", fit: "resize", step: 7 } as const;
  return {
    tiled: (picture: Picture, options?: TiledOptions) =>
      predictInTiles(predict, picture, description, options),
    whole: (picture: Picture, mode: InferenceMode) => predict(picture, { ...description, mode }),
  };
}

/** Two convolutions of 3x3 without a norm: an output sees 5x5. */
const small: Generator = ({ input: { height, width, channels }, target }, seed) => {
  const input = tf.input({ shape: [height, width, channels] });
  // Large weights, so that levels differ.
  const initializer = normal({ deviation: 0.2 });
  const settings = { kernel: 3, stride: 1, bias: true, seed, initializer };
  const hidden = convolution(input, { name: "first", filters: 4, ...settings });
  const output = convolution(hidden, { name: "last", filters: target.channels, ...settings });
  return tf.model({ inputs: input, outputs: output });
};

describe("a prediction in tiles", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("by the identity is the picture bit for bit, at odd sizes, in 8 and 16 bits", async () => {
    for (const [width, height] of [[1, 1], [3, 50], [16, 8], [17, 8], [37, 29]] as const) {
      for (const channels of [1, 3, 5]) {
        const { tiled } = predictorOf(identity(), shapeOf(16, 8, channels));
        for (const depth of [8, 16] as const) {
          const picture = grainy(width, height, { channels, depth });
          for (const overlap of [0, 3, undefined]) {
            const predicted = await tiled(picture, { overlap, depth });
            assertEquals(predicted.picture, picture, `${width}x${height}, ${overlap}`);
            assert(Math.abs(predicted.seams?.disagreement ?? 0) < 1e-4);
            assertEquals(predicted.seams?.ratio, predicted.seams?.ratioOfInput);
          }
        }
      }
    }
  });

  it("leaves an identity's noise without a seam", async () => {
    const { tiled } = predictorOf(identity(), shapeOf(16, 16));
    const { seams, tiling } = await tiled(grainy(90, 70));
    assertEquals([tiling.tops.length, tiling.lefts.length], [6, 8]);
    assert(Math.abs(seams!.ratio - 1) < 0.05, `${seams!.ratio}`);
  });

  it("is that of the whole picture if what the network sees lies within a quarter of the overlap", async () => {
    const picture = grainy(41, 35);
    const whole = await predictorOf(small, shapeOf(41, 35)).whole(picture, "running");
    const { picture: tiled, tiling } = await predictorOf(small, shapeOf(16, 16))
      .tiled(picture, { overlap: 8 });
    assert(tiling.lefts[0]! < 0 && tiling.tops[0]! < 0, "this picture has edges to reflect");
    const inside = (x: number, y: number): boolean => x >= 2 && y >= 2 && x < 39 && y < 33;
    let compared = 0;
    for (let i = 0; i < whole.data.length; i++) {
      const pixel = Math.floor(i / 3);
      if (!inside(pixel % 41, Math.floor(pixel / 41))) continue;
      compared++;
      // A float that lies between two levels may go either way.
      assert(Math.abs(whole.data[i]! - tiled.data[i]!) <= 1, `at ${pixel % 41}, ${i}`);
    }
    assertEquals(compared, 37 * 31 * 3);
  });

  it("has the lightness of its input where only colours are predicted", async () => {
    const shape = shapeOf(16, 16);
    const seen = networkShape(shape, "lab");
    const model = buildNetworks(tinyWiring({ generator: small }), seen, 5).generator;
    const description = { shape, resize: "cubic", fit: "resize", colours: "lab", step: 7 } as const;
    // Near a middling grey the colours that it makes are within sRGB.
    const grey = {
      width: 41,
      height: 35,
      channels: 3,
      data: new Uint8Array(41 * 35 * 3).fill(130),
    };
    const { picture } = await predictInTiles(createPredict(model), grey, description);
    assertEquals([picture.width, picture.height, picture.channels], [41, 35, 3]);
    const [lightness, given] = [picture, grey].map((shown) =>
      tf.tidy(() => tf.unstack(rgbToLab(toTensor([shown])), 3)[0]!.dataSync())
    );
    assert(lightness!.every((value, at) => Math.abs(value - given![at]!) < 1));
    assert(picture.data.some((level) => Math.abs(level - 130) > 5), "it has no colour");
  });

  it("of a picture of the network's size is the usual one, dropout and all", async () => {
    const picture = grainy(32, 32);
    const { tiled, whole } = predictorOf(tinyWiring().generator, shapeOf(32, 32));
    for (const mode of ["paper", "deterministic", "running"] as const) {
      const predicted = await tiled(picture, { mode });
      assertEquals(predicted.picture, await whole(picture, mode));
      assertEquals([predicted.mode, predicted.seams], [mode, null]);
    }
  });

  it("draws another dropout for each tile, the same each time", async () => {
    const flat = { ...grainy(32 + 24, 32), data: new Uint8Array(56 * 32 * 3).fill(90) };
    const { tiled } = predictorOf(tinyWiring().generator, shapeOf(32, 32));
    const predict = (mode: InferenceMode) => tiled(flat, { mode, overlap: 8 });
    const [first, again] = [await predict("paper"), await predict("paper")];
    assertEquals(first.picture, again.picture);
    assertEquals(first.tiling.lefts, [0, 24]);
    assertEquals((await predict("running")).seams!.disagreement! < 20, true);
    const column = (x: number): number[] =>
      Array.from({ length: 32 }, (_, y) => first.picture.data[(y * 56 + x) * 3]!);
    // Alone with its pixels: 2 of the first tile, 26 of the second.
    assert(column(2).some((level, y) => level !== column(26)[y]), "both drop the same");
  });

  it("tells which mode it took, and says when each tile is done", async () => {
    const { tiled } = predictorOf(identity(), shapeOf(16, 16));
    const told: string[] = [];
    const { mode } = await tiled(grainy(30, 20), {
      overlap: 4,
      onTile: (done, total) => told.push(`${done}/${total}`),
    });
    assertEquals([mode, told], ["running", ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]]);
  });

  it("goes from one number of channels to another", async () => {
    const { tiled } = predictorOf(small, shapeOf(16, 16, 1, 5));
    const { picture, seams } = await tiled(grainy(20, 30, { channels: 1 }), { depth: 16 });
    assertEquals([picture.width, picture.height, picture.channels], [20, 30, 5]);
    assert(picture.data instanceof Uint16Array && seams !== null);
  });

  it("leaves no tensor behind", async () => {
    const { tiled } = predictorOf(small, shapeOf(16, 16));
    await tiled(grainy(20, 20));
    const { numTensors } = tf.memory();
    await tiled(grainy(30, 20));
    assertEquals(tf.memory().numTensors, numTensors);
  });

  it("refuses other channels, and a network that changes the size", async () => {
    const { tiled } = predictorOf(identity(), shapeOf(16, 16));
    await assertRejects(() => tiled(grainy(30, 20, { channels: 1 })), PairlabError, "3 channels");
    const shape = { ...shapeOf(16, 16), target: { width: 8, height: 8, channels: 3 } };
    const description = { shape, resize: "cubic", fit: "resize", step: 1 } as const;
    await assertRejects(
      () => predictInTiles(() => Promise.reject(new Error()), grainy(30, 20), description),
      PairlabError,
      "the network makes 8x8 of 16x16",
    );
  });
});
