import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import type { Loss } from "../../../core/plugin.ts";
import { perceptual } from "../../../plugins/losses/perceptual.ts";
import { picture, termsOf } from "./terms.ts";
import { viewsOf } from "./views.ts";

/** Doubles, then adds neighbours. */
function network(): LayersModel {
  const inputShape = [1, 2, 1];
  const double = tf.layers.conv2d({
    name: "double",
    inputShape,
    filters: 1,
    kernelSize: 1,
    weights: [tf.tensor4d([2], [1, 1, 1, 1]), tf.zeros([1])],
  });
  const add = tf.layers.conv2d({
    name: "add",
    filters: 1,
    kernelSize: [1, 2],
    weights: [tf.ones([1, 2, 1, 1]), tf.zeros([1])],
  });
  return tf.sequential({ layers: [double, add] });
}

// Value and gradient of a larger network are held against PyTorch's in tests/fidelity.
describe("perceptual", () => {
  before(() => tf.setBackend("cpu"));

  const views = () => ({ target: picture([[1, 3]]), fake: picture([[0, 4]]) });

  it("compares what the named layers make of target and fake", () => {
    const found = (layers: string[]): number =>
      termsOf(perceptual({ network: network(), layers, weight: 3 }), views()).generator;
    assertAlmostEquals(found(["double"]), 3 * 2);
    // 2 + 6 and 0 + 8 are the same.
    assertAlmostEquals(found(["add"]), 0);
    assertAlmostEquals(found(["add", "double"]), 3 * 2);
  });

  it("weighs layers, and squares where it is told to", () => {
    const loss = perceptual({ network: network(), layers: { double: 0.5 }, distance: "l2" });
    assertAlmostEquals(termsOf(loss, views()).generator, 10 * 0.5 * 4);
  });

  it("brings pictures to what the network takes", () => {
    const preprocess = (x: Tensor4D) => tf.mul<Tensor4D>(x, 127.5);
    const loss = perceptual({ network: network(), layers: ["double"], weight: 1, preprocess });
    assertAlmostEquals(termsOf(loss, views()).generator, 127.5 * 2, 1e-4);
  });

  it("loads a network once, before the training", async () => {
    let loads = 0;
    const load = (): Promise<LayersModel> => Promise.resolve(network()).finally(() => loads++);
    const loss = perceptual({ network: load, layers: ["double"], weight: 1 });
    assertThrows(() => termsOf(loss, views()), TypeError, "the network is not loaded");
    await loss.prepare?.();
    for (let step = 0; step < 2; step++) assertAlmostEquals(termsOf(loss, views()).generator, 2);
    assertEquals(loads, 1);
  });

  it("leaves the network as it is, and out of what is trained", () => {
    const frozen = network();
    const own = tf.variable(tf.scalar(1));
    const loss: Loss = perceptual({ network: frozen, layers: ["double"] });
    const before = frozen.getWeights().map((weight) => [...weight.dataSync()]);
    const { grads } = tf.tidy(() =>
      tf.variableGrads(() => {
        const { target, fake } = views();
        return loss.generator!(viewsOf({ target, fake: tf.mul<Tensor4D>(fake, own) }));
      }, [own])
    );
    assertEquals(Object.keys(grads), [own.name]);
    assert(grads[own.name]!.dataSync()[0] !== 0);
    assertEquals(frozen.getWeights().map((weight) => [...weight.dataSync()]), before);
  });

  it("names a layer that there is for one that there is not", () => {
    const error = assertThrows(
      () => perceptual({ network: network(), layers: ["doubel"] }),
      PairlabError,
    );
    assert(error.message.includes('features of "doubel"'), error.message);
    assert(error.message.endsWith('no such layer. Did you mean "double"?'), error.message);
  });

  it("refuses pictures that the network does not take", () => {
    const loss = perceptual({ network: network(), layers: ["add"] });
    const other = { target: picture([[1], [1]]), fake: picture([[1], [1]]) };
    assertThrows(() => termsOf(loss, other), PairlabError, "the network takes [any, 1, 2, 1]");
  });

  it("refuses to compare nothing", () => {
    assertThrows(() => perceptual({ network: network(), layers: [] }), RangeError, "no layer");
  });
});
