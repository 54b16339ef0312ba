import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { discriminate, namedVariables } from "../../../core/model/networks.ts";
import { PairlabError, type TaskShape } from "../../../core/plugin.ts";
import { multiScale } from "../../../plugins/discriminators/multi_scale.ts";
import { patchGan, type PatchGanOptions } from "../../../plugins/discriminators/patch_gan.ts";
import { averagePooling } from "../../../plugins/layers/average_pooling.ts";

const FIELD = { receptiveField: 16, filters: 2 };

function task(width: number, height: number = width): TaskShape {
  return { input: { width, height, channels: 1 }, target: { width, height, channels: 3 } };
}

function build(scales: number = 2, options: PatchGanOptions = {}): LayersModel {
  const discriminator = patchGan({ ...FIELD, ...options });
  return multiScale({ discriminator, scales })(task(32, 48), 23);
}

function picture(channels: number, seed: number): Tensor4D {
  return tf.randomUniform([1, 48, 32, channels], -1, 1, "float32", seed);
}

function judge(model: LayersModel): { logits: number[][]; features: number[][] } {
  return tf.tidy(() => {
    const step = tf.scalar(1, "int32");
    const mode = { training: false, dropout: false, updateStatistics: false, step };
    const { logits, features } = discriminate(model, picture(1, 1), picture(3, 2), mode);
    const values = (tensors: readonly Tensor4D[]) => tensors.map((x) => [...x.dataSync()]);
    return { logits: values(logits), features: values(features) };
  });
}

describe("multiScale", () => {
  before(() => tf.setBackend("cpu"));

  it("gives the logits of every scale, each of half the picture before", () => {
    const model = build(3);
    assertEquals(model.inputNames, ["input", "picture"]);
    const shapes = model.outputs.map(({ shape }) => shape.slice(1));
    assertEquals(shapes, [[22, 14, 1], [10, 6, 1], [4, 2, 1]]);
  });

  it("collects features after all logits, as one that tells them apart expects", () => {
    const model = build(2, { features: true });
    assertEquals(model.outputNames, [
      "scale1_logits_convolution",
      "scale2_logits_convolution",
      "scale1_block1_leaky_relu",
      "scale1_block2_leaky_relu",
      "scale2_block1_leaky_relu",
      "scale2_block2_leaky_relu",
    ]);
    const { logits, features } = judge(model);
    assertEquals([logits.length, features.length], [2, 4]);
  });

  it("has weights of its own for each scale, under names of their own", () => {
    const weights = namedVariables(build(2));
    const [first, second] = [1, 2].map((scale) => [
      ...weights.get(`scale${scale}_block1_convolution/kernel`)!.dataSync(),
    ]);
    assertNotEquals(first, second);
    assertEquals(weights.size, 2 * namedVariables(patchGan(FIELD)(task(32), 1)).size);
  });

  it("says of the second scale what its discriminator says of the halved pictures", () => {
    const model = build(2);
    const alone = patchGan(FIELD)(task(16, 24), 1);
    const weights = namedVariables(model);
    for (const [name, variable] of namedVariables(alone)) {
      variable.assign(weights.get(`scale2_${name}`)!);
    }
    const halve = (x: Tensor4D): Tensor4D => {
      const input = tf.input({ shape: x.shape.slice(1) });
      const outputs = averagePooling(input, { name: "pooling" });
      return tf.model({ inputs: input, outputs }).predict(x) as Tensor4D;
    };
    const expected = alone.apply([halve(picture(1, 1)), halve(picture(3, 2))], {
      training: false,
    }) as Tensor4D;
    assertEquals(judge(model).logits[1], [...expected.dataSync()]);
  });

  it("leaves no weights behind but its own", () => {
    const before = tf.memory().numTensors;
    const model = build(2);
    assertEquals(tf.memory().numTensors - before, namedVariables(model).size);
    model.dispose();
    assertEquals(tf.memory().numTensors, before);
  });

  it("takes a discriminator that sees the picture alone", () => {
    const model = build(2, { conditional: false });
    assertEquals(model.inputNames, ["picture"]);
    assertEquals(judge(model).logits.map(({ length }) => length), [22 * 14, 10 * 6]);
  });

  it("refuses more scales than the picture has room for, and says how many it has", () => {
    const error = assertThrows(() => build(4), PairlabError);
    assert(
      error.message.startsWith(
        "Cannot judge 32x48 on 4 scales: scale 4 is 4x6 (",
      ),
      error.message,
    );
    assert(error.message.endsWith("). Use 3 scales."), error.message);
    assertThrows(() => build(0), PairlabError, "0 scales");
  });
});
