import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor } from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { dropout } from "../../../plugins/layers/dropout.ts";

const COUNT = 10_000;

function build(rate: number = 0.5, name: string = "noise", seed: number = 23): LayersModel {
  const input = tf.input({ shape: [COUNT] });
  return tf.model({ inputs: input, outputs: dropout(input, { name, seed, rate }) });
}

function apply(model: LayersModel, step: number, training: boolean = true): number[] {
  return tf.tidy(() => {
    const mode = { training, dropout: true, step: tf.scalar(step, "int32") };
    return [...(model.apply(tf.ones([1, COUNT]), mode) as Tensor).dataSync()];
  });
}

describe("dropout", () => {
  before(() => tf.setBackend("cpu"));

  it("drops its share and scales the rest, so that the mean stays", () => {
    for (const rate of [0.25, 0.5, 0.9]) {
      const y = apply(build(rate), 1);
      const kept = Math.fround(1 / (1 - rate));
      assert(y.every((value) => value === 0 || value === kept), `rate ${rate}`);
      const dropped = y.filter((value) => value === 0).length / COUNT;
      // Five standard errors.
      assert(Math.abs(dropped - rate) < 5 * Math.sqrt(rate * (1 - rate) / COUNT), `${dropped}`);
    }
  });

  it("drops the same in the same step, in any process, and something else in another", () => {
    assertEquals(apply(build(), 7), apply(build(), 7));
    assertNotEquals(apply(build(), 7), apply(build(), 8));
  });

  it("drops something else in another layer and by another seed", () => {
    const here = apply(build(0.5, "up1_dropout", 23), 7);
    assertNotEquals(apply(build(0.5, "up2_dropout", 23), 7), here);
    assertNotEquals(apply(build(0.5, "up1_dropout", 24), 7), here);
  });

  it("drops at test time too, and only where the mode says so", () => {
    const model = build();
    assertEquals(apply(model, 7, false), apply(model, 7, true));
    const x = tf.ones([1, COUNT]);
    for (const mode of [{ training: true, dropout: false }, {}]) {
      const y = model.apply(x, mode) as Tensor;
      assert(y.dataSync().every((value) => value === 1));
    }
  });

  it("lets the gradient through where it let the value through", () => {
    const model = build();
    const mode = { dropout: true, step: tf.scalar(7, "int32") };
    const gradient = tf.grad((x) => tf.sum(model.apply(x, mode) as Tensor))(tf.ones([1, COUNT]));
    assertEquals([...gradient.dataSync()], apply(model, 7));
  });

  it("keeps no tensor but the one that it returns", () => {
    const model = build();
    const x = tf.ones([1, COUNT]);
    const step = tf.scalar(1, "int32");
    for (const dropout of [true, false]) {
      const before = tf.memory().numTensors;
      const y = model.apply(x, { training: true, dropout, step }) as Tensor;
      assertEquals(tf.memory().numTensors, before + 1, `dropout: ${dropout}`);
      y.dispose();
    }
  });

  it("comes back from a model's topology", async () => {
    const model = build(0.25);
    const restored = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as string));
    assertEquals(apply(restored, 3), apply(model, 3));
  });

  it("refuses a share that is not one, and a mode without a step", () => {
    assertThrows(() => build(1), RangeError, "Cannot drop a share of 1");
    assertThrows(() => build(-0.1), RangeError);
    assertThrows(() => build().apply(tf.ones([1, COUNT]), { dropout: true }), TypeError, '"noise"');
  });
});
