import * as tf from "@tensorflow/tfjs";
import type { LayersModel } from "@tensorflow/tfjs";
import { assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import {
  convolution,
  type ConvolutionOptions,
  transposedConvolution,
} from "../../../plugins/layers/convolution.ts";
import { normal } from "../../../plugins/layers/initializers.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertLayer, networkOf, tensorOf } from "./layer_case.ts";
import fixture from "./fixtures/layers.json" with { type: "json" };

function build(extent: number, options: Partial<ConvolutionOptions> = {}): LayersModel {
  const input = tf.input({ shape: [extent, extent, 3], name: "input" });
  const all = { name: "first", seed: 23, filters: 2, bias: false, ...options };
  return tf.model({ inputs: input, outputs: convolution(input, all) });
}

const names = (model: LayersModel): string[] => model.layers.map(({ name }) => name);

// Values are held against PyTorch's and Keras' in tests/fidelity.
describe("convolution", () => {
  before(() => tf.setBackend("cpu"));

  it("pads within the convolution where it can, which copies nothing", () => {
    assertEquals(names(build(32, { padding: 1 })).length, 2);
    assertEquals(names(build(8, { padding: 1, kernel: 3, stride: 1 })).length, 2);
    assertEquals(names(build(8, { padding: 0, kernel: 1, stride: 1 })).length, 2);
  });

  it("pads before it where the windows would lie elsewhere", () => {
    for (const model of [build(31, { padding: 1 }), build(32, { padding: 1, stride: 1 })]) {
      assertEquals(names(model).slice(1), ["first_padding", "first"]);
    }
    assertEquals(build(31, { padding: 1 }).outputs[0]?.shape, [null, 15, 15, 2]);
    assertEquals(build(32, { padding: 1, stride: 1 }).outputs[0]?.shape, [null, 31, 31, 2]);
  });

  it("takes a kernel that is not square", () => {
    const model = build(9, { kernel: [9, 4], stride: 1, padding: 0 });
    assertEquals(model.outputs[0]?.shape, [null, 1, 6, 2]);
    assertEquals(build(9, { kernel: [1, 3], stride: 1, padding: 1 }).outputs[0]?.shape, [
      null,
      11,
      9,
      2,
    ]);
  });

  it("has a bias where it is asked for one", () => {
    const weights = (bias: boolean): string[] =>
      build(8, { bias }).weights.map(({ originalName }) => originalName);
    assertEquals(weights(true), ["first/kernel", "first/bias"]);
    assertEquals(weights(false), ["first/kernel"]);
  });

  it("draws weights by its name and the network's seed, as wide as it is told", () => {
    const first = (options: Partial<ConvolutionOptions>): number =>
      build(8, options).weights[0]!.read().dataSync()[0]!;
    assertEquals(first({}), first({ stride: 1 }));
    assertEquals(new Set([first({}), first({ name: "second" }), first({ seed: 24 })]).size, 3);
    assertEquals(first({ initializer: normal({ deviation: 0 }) }), 0);
  });

  it("refuses a number of filters that is none", () => {
    for (const filters of [0, -1, 2.5, NaN]) {
      assertThrows(() => build(8, { filters }), RangeError, `"first" with ${filters} filters`);
    }
  });
});

describe("transposedConvolution", () => {
  before(() => tf.setBackend("cpu"));

  it("multiplies height and width by its stride", () => {
    const input = tf.input({ shape: [3, 5, 3] });
    const y = transposedConvolution(input, { name: "up", seed: 23, filters: 2, bias: true });
    assertEquals(y.shape, [null, 6, 10, 2]);
  });
});

describeOnEngines("transposed convolutions of an odd kernel", () => {
  for (const { kernel, padding, ...expected } of fixture.transposed) {
    it(`are PyTorch's with an output padding of 1 (${expected.name})`, () => {
      const options = { name: "up", seed: 23, filters: 2, bias: false, kernel, padding };
      const model = networkOf(expected.shape, (x) => transposedConvolution(x, options));
      const [weights] = model.trainableWeights;
      weights!.write(tensorOf(`${expected.name} kernel`, [kernel, kernel, 2, 3]));
      assertLayer(model, expected);
      model.dispose();
    });
  }
});
