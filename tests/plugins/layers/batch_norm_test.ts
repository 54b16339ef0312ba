import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { batchNorm, type BatchNormOptions } from "../../../plugins/layers/batch_norm.ts";

function build(options: BatchNormOptions = {}): LayersModel {
  const input = tf.input({ shape: [2, 2, 1] });
  const norm = batchNorm({ scaleDeviation: 0, ...options });
  const outputs = norm(input, { name: "down2", seed: 23 });
  return tf.model({ inputs: input, outputs });
}

function apply(model: LayersModel, pictures: number[][], mode: object): number[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(pictures.flat(), [pictures.length, 2, 2, 1]);
    return [...(model.apply(x, { ...mode }) as Tensor4D).dataSync()];
  });
}

function moving(model: LayersModel): number[] {
  return model.weights
    .filter(({ originalName }) => originalName.includes("moving"))
    .flatMap((weight) => [...weight.read().dataSync()]);
}

// Mean 2.5, variance 1.25, with Bessel's correction 5/3.
const PICTURE = [1, 2, 3, 4];

describe("batchNorm", () => {
  before(() => tf.setBackend("cpu"));

  it("normalises by the batch in training, whatever the moving statistics are", () => {
    const model = build({ epsilon: 0 });
    const y = apply(model, [PICTURE], { training: true });
    PICTURE.forEach((x, index) => assertAlmostEquals(y[index]!, (x - 2.5) / Math.sqrt(1.25), 1e-5));
  });

  it("normalises by the moving statistics otherwise, which begin as 0 and 1", () => {
    const model = build({ epsilon: 0 });
    assertEquals(apply(model, [PICTURE], { training: false }), PICTURE);
    assertEquals(apply(model, [PICTURE], {}), PICTURE);
  });

  it("lets the moving statistics follow by a tenth, the variance with Bessel's correction", () => {
    const model = build();
    apply(model, [PICTURE], { training: true });
    const [mean, variance] = moving(model);
    assertAlmostEquals(mean!, 0.25, 1e-6);
    assertAlmostEquals(variance!, 0.9 + 5 / 30, 1e-6);
  });

  it("leaves them alone where the mode says so, or does not train", () => {
    const model = build();
    apply(model, [PICTURE], { training: true, updateStatistics: false });
    apply(model, [PICTURE], { training: false, updateStatistics: true });
    assertEquals(moving(model), [0, 1]);
  });

  it("mixes the pictures of a batch: with a batch of one it is instance normalisation", () => {
    const model = build();
    const other = [-7, 0, 7, 50];
    const alone = apply(model, [PICTURE], { training: true });
    const together = apply(model, [PICTURE, other], { training: true });
    assert(Math.abs(together[0]! - alone[0]!) > 0.1);
  });

  it("makes a single number 0, as the paper's erratum says", () => {
    const input = tf.input({ shape: [1, 1, 1] });
    const model = tf.model({ inputs: input, outputs: batchNorm()(input, { name: "n", seed: 1 }) });
    const y = model.apply(tf.fill([1, 1, 1, 1], 5), { training: true }) as Tensor4D;
    assertEquals(y.dataSync()[0], 0);
    assert(moving(model).every(Number.isFinite));
  });

  it("trains scale and offset, not the statistics", () => {
    const names = (weights: tf.LayerVariable[]): string[] =>
      weights.map(({ originalName }) => originalName);
    const model = build();
    assertEquals(names(model.trainableWeights), [
      "down2_batch_norm/gamma",
      "down2_batch_norm/beta",
    ]);
    assertEquals(names(model.nonTrainableWeights), [
      "down2_batch_norm/moving_mean",
      "down2_batch_norm/moving_variance",
    ]);
  });

  it("draws its scales by its name and the network's seed", () => {
    const gamma = (name: string, seed: number): number => {
      const input = tf.input({ shape: [2, 2, 1] });
      const model = tf.model({ inputs: input, outputs: batchNorm()(input, { name, seed }) });
      return model.trainableWeights[0]!.read().dataSync()[0]!;
    };
    assertEquals(gamma("a", 1), gamma("a", 1));
    assertEquals(new Set([gamma("a", 1), gamma("b", 1), gamma("a", 2)]).size, 3);
  });

  it("keeps no tensor but the one that it returns", () => {
    const model = build();
    const x = tf.ones([1, 2, 2, 1]);
    for (const training of [true, false]) {
      const before = tf.memory().numTensors;
      const y = model.apply(x, { training }) as Tensor4D;
      assertEquals(tf.memory().numTensors, before + 1, `training: ${training}`);
      y.dispose();
    }
  });

  it("comes back from a model's topology", async () => {
    const model = build({ epsilon: 0.5, momentum: 0.25, scaleDeviation: 0.1 });
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    for (const training of [true, false]) {
      assertEquals(
        apply(restored, [PICTURE], { training }),
        apply(model, [PICTURE], { training }),
      );
      assertEquals(moving(restored), moving(model));
    }
  });
});
