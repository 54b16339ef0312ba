import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { namedVariables } from "../../../core/model/networks.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { withShapesOnly } from "../../../core/backends/shapes.ts";
import { unet, type UnetOptions } from "../../../plugins/generators/unet.ts";
import { none } from "../../../plugins/layers/norm.ts";
import { resizeUpsampling, subPixelUpsampling } from "../../../plugins/layers/upsampling.ts";

function task(width: number, height: number = width, channels: number = 3): TaskShape {
  const picture = { width, height, channels };
  return { input: picture, target: { ...picture, channels: 3 } };
}

const SMALL = { filters: [4, 8, 8] };

function build(options: UnetOptions = {}, seed: number = 23): LayersModel {
  return unet({ ...SMALL, ...options })(task(16), seed);
}

function values(model: LayersModel, name: string): number[] {
  return [...namedVariables(model).get(name)!.dataSync()];
}

function layersOf(model: LayersModel, className: string): string[] {
  return model.layers
    .filter((layer) => layer.getClassName() === className)
    .map(({ name }) => name);
}

describe("unet", () => {
  before(() => tf.setBackend("cpu"));

  it("gives a picture of the target's channels, in -1…1, for any size that it can halve", () => {
    for (const [width, height] of [[8, 8], [16, 8], [24, 40]] as const) {
      const model = unet(SMALL)(task(width, height, 1), 23);
      const x = tf.randomUniform([2, height, width, 1], -50, 50, "float32", 7);
      const y = model.apply(x, { training: true }) as Tensor4D;
      assertEquals(y.shape, [2, height, width, 3]);
      assert(y.dataSync().every((value) => Math.abs(value) <= 1));
    }
  });

  it("names its layers by where they are, the same in every network", () => {
    const [first, second] = [build(), build()];
    const names = first.layers.map(({ name }) => name);
    assertEquals(second.layers.map(({ name }) => name), names);
    assertEquals([...namedVariables(second).keys()], [...namedVariables(first).keys()]);
    for (const name of ["down1_convolution", "down2_batch_norm", "up2_transposed_convolution"]) {
      assert(names.includes(name), `${name} is not among ${names.join(", ")}`);
    }
  });

  it("draws weights by its seed and the layers' names alone", () => {
    const name = "down1_convolution/kernel";
    assertEquals(values(build(), name), values(build(), name));
    assertNotEquals(values(build({}, 24), name), values(build(), name));
    const deeper = build({ filters: [4, 8, 8, 8] });
    assertEquals(values(deeper, name), values(build(), name));
  });

  it("drops out in the innermost blocks of the decoder", () => {
    assertEquals(layersOf(build(), "StatelessDropout"), ["up1_dropout", "up2_dropout"]);
    assertEquals(layersOf(build({ dropout: 1 }), "StatelessDropout"), ["up1_dropout"]);
    assertEquals(layersOf(build({ dropout: 0 }), "StatelessDropout"), []);
  });

  it("gives another picture in another step, by dropout alone", () => {
    const model = build();
    const x = tf.randomUniform([1, 16, 16, 3], -1, 1, "float32", 7);
    const y = (step: number, dropout: boolean): number[] => {
      const mode = { training: true, dropout, updateStatistics: false };
      return [
        ...(model.apply(x, { ...mode, step: tf.scalar(step, "int32") }) as Tensor4D).dataSync(),
      ];
    };
    assertEquals(y(1, true), y(1, true));
    assertNotEquals(y(1, true), y(2, true));
    assertEquals(y(1, false), y(2, false));
  });

  it("normalises the innermost features only where it is asked to", () => {
    const norms = (options: UnetOptions): string[] => layersOf(build(options), "BatchNorm");
    assertEquals(norms({}), ["down2_batch_norm", "up1_batch_norm", "up2_batch_norm"]);
    assert(norms({ innermostNorm: true }).includes("down3_batch_norm"));
  });

  it("hands the negative part across the skips only where it is asked to", () => {
    const model = build({ reluOnSkips: false });
    const least = (model: LayersModel): number => {
      const output = model.getLayer("output_transposed_convolution").input as tf.SymbolicTensor;
      const inner = tf.model({ inputs: model.inputs, outputs: output });
      const x = tf.randomUniform([1, 16, 16, 3], -1, 1, "float32", 7);
      return Math.min(...(inner.apply(x, { training: true }) as Tensor4D).dataSync());
    };
    assertEquals(least(build()), 0);
    assert(least(model) < 0);
  });

  it("is as deep as the picture can be halved, where nothing else is said", () =>
    withShapesOnly(() => {
      const depth = (width: number, height: number): [number, number[]] => {
        const model = unet()(task(width, height), 23);
        const names = layersOf(model, "Conv2D");
        const [, rows, columns] = model.getLayer(names.at(-1)!).outputShape as number[];
        return [names.length, [columns!, rows!]];
      };
      assertEquals(depth(256, 256), [8, [1, 1]]);
      assertEquals(depth(512, 512), [9, [1, 1]]);
      assertEquals(depth(64, 64), [6, [1, 1]]);
      assertEquals(depth(512, 256), [8, [2, 1]]);
      assertEquals(depth(96, 64), [5, [3, 2]]);
      const widths = unet()(task(128), 23).trainableWeights
        .filter(({ originalName }) => /down.*kernel/.test(originalName))
        .map(({ shape }) => shape.at(-1));
      assertEquals(widths, [64, 128, 256, 512, 512, 512, 512]);
    }));

  it("has a bias instead of a norm where there is none", () => {
    const names = [...namedVariables(build({ norm: none() })).keys()];
    assert(names.includes("down2_convolution/bias"));
    assert(names.includes("up1_transposed_convolution/bias"));
    assert(!names.some((name) => name.includes("norm")));
  });

  it("doubles the picture in the way that it is told", () => {
    const names = (options: UnetOptions): string[] => layersOf(build(options), "Conv2DTranspose");
    assertEquals(names({}).length, 3);
    assertEquals(names({ upsample: resizeUpsampling() }), []);
    const shuffled = build({ upsample: subPixelUpsampling() });
    assertEquals(layersOf(shuffled, "PixelShuffle"), [
      "up1_pixel_shuffle",
      "up2_pixel_shuffle",
      "output_pixel_shuffle",
    ]);
  });

  it("refuses a size that it cannot halve as often, and names those that it can", () => {
    const filters = [64, 128, 256, 512, 512, 512, 512, 512];
    const refused = (width: number, height: number, options: UnetOptions = { filters }): string =>
      assertThrows(() => unet(options)(task(width, height), 23), PairlabError).message;
    assertEquals(
      refused(250, 250),
      "Cannot build a U-Net of 8 halvings (filters has 8 entries) for 250x250. Use 256x256 (multiples of 256), or 1 entry in filters.",
    );
    assert(refused(300, 512).includes("Use 256x512 or 512x512 ("));
    assert(refused(96, 64).endsWith("or 5 entries in filters."));
    assert(!refused(257, 257).includes("entry in"));
    assertEquals(
      refused(250, 250, {}),
      "Cannot build a U-Net for 250x250, which can be halved only once. Use 224x224 or 256x256 (best: powers of 2), or filters of one entry.",
    );
    assert(refused(257, 300, {}).includes("257x300, which cannot be halved. "));
    assert(refused(200, 200, {}).endsWith("or filters of 3 entries."));
  });

  it("refuses two sizes, and filters that are none", () => {
    const other = { input: task(16).input, target: task(32).target };
    assertThrows(() => unet(SMALL)(other, 23), PairlabError, "from 16x16 to 32x32");
    assertThrows(() => build({ filters: [] }), PairlabError, "filters is empty");
    assertThrows(
      () => build({ filters: [4, 0] }),
      RangeError,
      '"down2_convolution" with 0 filters',
    );
  });
});
