import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { discriminate, namedVariables } from "../../../core/model/networks.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { patchGan, type PatchGanOptions } from "../../../plugins/discriminators/patch_gan.ts";
import { none } from "../../../plugins/layers/norm.ts";

function task(width: number, height: number = width): TaskShape {
  return { input: { width, height, channels: 1 }, target: { width, height, channels: 3 } };
}

function build(options: PatchGanOptions = {}, seed: number = 23): LayersModel {
  return patchGan({ filters: 4, ...options })(task(32), seed);
}

function judge(model: LayersModel, input: Tensor4D, picture: Tensor4D): number[] {
  const given = model.inputs.length === 2 ? [input, picture] : picture;
  const mode = { training: true, updateStatistics: false };
  return [...(model.apply(given, { ...mode }) as Tensor4D).dataSync()];
}

function picture(channels: number, seed: number): Tensor4D {
  return tf.randomUniform([1, 32, 32, channels], -1, 1, "float32", seed);
}

describe("patchGan", () => {
  before(() => tf.setBackend("cpu"));

  it("judges the picture together with the input", () => {
    const model = build();
    assertEquals(model.inputs.map(({ shape }) => shape), [[null, 32, 32, 1], [null, 32, 32, 3]]);
    const made = picture(3, 1);
    assertNotEquals(judge(model, picture(1, 2), made), judge(model, picture(1, 3), made));
  });

  it("judges the picture alone where it is not conditional", () => {
    const model = build({ conditional: false });
    assertEquals(model.inputs.map(({ shape }) => shape), [[null, 32, 32, 3]]);
    assertEquals(judge(model, picture(1, 2), picture(3, 1)).length, 4);
  });

  it("widens up to eight times the first block", () => {
    const model = patchGan({ receptiveField: 142, filters: 4 })(task(64), 23);
    const widths = [...namedVariables(model)]
      .filter(([name]) => name.endsWith("/kernel"))
      .map(([, { shape }]) => shape.at(-1));
    assertEquals(widths, [4, 8, 16, 32, 32, 1]);
  });

  it("names its layers by where they are, the same in every network", () => {
    assertEquals([...namedVariables(build()).keys()], [...namedVariables(build()).keys()]);
    assert(namedVariables(build()).has("block2_batch_norm/gamma"));
    assert(namedVariables(build()).has("logits_convolution/bias"));
  });

  it("draws weights by its seed", () => {
    const weights = (seed: number): number[] => [
      ...namedVariables(build({}, seed)).get("block1_convolution/kernel")!.dataSync(),
    ];
    assertEquals(weights(23), weights(23));
    assertNotEquals(weights(23), weights(24));
  });

  it("judges a picture of any size as a whole", () => {
    for (const [width, height] of [[256, 256], [96, 64], [50, 33], [5, 4], [1, 1]] as const) {
      const model = patchGan({ receptiveField: "image", filters: 1 })(task(width, height), 23);
      assertEquals(model.outputs[0]?.shape, [null, 1, 1, 1], `${width}x${height}`);
    }
  });

  it("offers what its blocks make, where it is asked to, after the logits", () => {
    const model = build({ features: true });
    assertEquals(model.outputNames, [
      "logits_convolution",
      "block1_leaky_relu",
      "block2_leaky_relu",
      "block3_leaky_relu",
      "block4_leaky_relu",
    ]);
    const { logits, features } = tf.tidy(() => {
      const mode = { training: true, dropout: true, updateStatistics: false };
      const step = tf.scalar(1, "int32");
      const judged = discriminate(model, picture(1, 2), picture(3, 1), { ...mode, step });
      return {
        logits: judged.logits.map(({ shape }) => shape),
        features: judged.features.map(({ shape }) => shape),
      };
    });
    assertEquals(logits, [[1, 2, 2, 1]]);
    assertEquals(features, [[1, 16, 16, 4], [1, 8, 8, 8], [1, 4, 4, 16], [1, 3, 3, 32]]);
  });

  it("normalises weights by their spectral norm, where it is asked to", () => {
    const model = build({ spectral: true, norm: none() });
    const names = [...namedVariables(model).keys()];
    assert(names.includes("logits_convolution/v") && names.includes("block2_convolution/bias"));
    // Twice the weights are the same weights.
    const [input, made] = [picture(1, 2), picture(3, 1)];
    const before = judge(model, input, made);
    for (const [name, variable] of namedVariables(model)) {
      if (name.endsWith("/kernel")) variable.assign(tf.mul(variable, 2));
    }
    judge(model, input, made).forEach((logit, index) =>
      assert(Math.abs(logit - before[index]!) < 1e-4 * Math.abs(before[index]!))
    );
  });

  it("refuses a receptive field that none of its architectures has, and lists them", () => {
    const error = assertThrows(() => build({ receptiveField: 71 }), PairlabError);
    assertEquals(
      error.message,
      'Cannot build a PatchGAN with a receptive field of 71. Use 1, 16, 34, 70, 94, 142, 286 or "image".',
    );
  });

  it("refuses a picture that leaves no logit, and names the smallest that does", () => {
    const refuse = (): unknown => patchGan({ receptiveField: 70 })(task(40, 20), 23);
    const error = assertThrows(refuse, PairlabError, "pictures of 40x20");
    const least = Number(/at least (\d+)x/.exec(error.message)?.[1]);
    assert(patchGan({ receptiveField: 70, filters: 1 })(task(least), 23));
    assertThrows(() => patchGan({ receptiveField: 70 })(task(least - 1), 23), PairlabError);
    assert(
      error.message.endsWith('or a receptive field of 1, 16, 34, 94 or "image".'),
    );
  });

  it("refuses an input and a picture of two sizes, unless it does not look at the input", () => {
    const shape = { input: task(64).input, target: task(32).target };
    assertThrows(
      () => patchGan({ filters: 4 })(shape, 23),
      PairlabError,
      "32x32 beside an input of 64x64",
    );
    assert(patchGan({ filters: 4, conditional: false })(shape, 23));
  });
});
