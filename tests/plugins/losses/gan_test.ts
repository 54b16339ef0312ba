import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type { Views } from "../../../core/plugin.ts";
import { gan, type GanOptions } from "../../../plugins/losses/gan.ts";
import { viewsOf } from "./views.ts";

/** Logits of one or more scales. */
function views(real: number[][], fake: number[][]): Views {
  const logits = (scales: number[][]): Tensor4D[] =>
    scales.map((values) => tf.tensor4d(values, [1, values.length, 1, 1]));
  return viewsOf({ realLogits: logits(real), fakeLogits: logits(fake) });
}

function terms(options: GanOptions, real: number[][], fake: number[][]): [g: number, d: number] {
  return tf.tidy(() => {
    const { generator, discriminator } = gan(options);
    const seen = views(real, fake);
    return [generator!(seen).dataSync()[0]!, discriminator!(seen).dataSync()[0]!];
  });
}

const softplus = (x: number): number => Math.log1p(Math.exp(x));

// Values and gradients for large logits are held against PyTorch's in tests/fidelity.
describe("gan", () => {
  before(() => tf.setBackend("cpu"));

  it("asks D for ones and zeros, halved, and G for ones", () => {
    const [generator, discriminator] = terms({}, [[2]], [[-3]]);
    assertAlmostEquals(generator, softplus(3), 1e-6);
    assertAlmostEquals(discriminator, 0.5 * (softplus(-2) + softplus(-3)), 1e-6);
  });

  it("is log 2 where D cannot tell, and twice that for a D that is not halved", () => {
    const [generator, discriminator] = terms({ discriminatorWeight: 1 }, [[0, 0]], [[0, 0]]);
    assertAlmostEquals(generator, Math.log(2), 1e-6);
    assertAlmostEquals(discriminator, 2 * Math.log(2), 1e-6);
  });

  it("weighs G's term alone by its weight", () => {
    const [generator, discriminator] = terms({ weight: 5 }, [[0]], [[0]]);
    assertAlmostEquals(generator, 5 * Math.log(2), 1e-6);
    assertAlmostEquals(discriminator, Math.log(2), 1e-6);
  });

  it("asks D for less than 1 of real pictures where labels are smooth, and G for 1 as before", () => {
    const [generator, discriminator] = terms({ realLabel: 0.9 }, [[2]], [[-3]]);
    assertAlmostEquals(generator, softplus(3), 1e-6);
    const real = 0.9 * softplus(-2) + 0.1 * softplus(2);
    assertAlmostEquals(discriminator, 0.5 * (real + softplus(-3)), 1e-6);
  });

  it("refuses a label that is no probability", () => {
    for (const realLabel of [0, 1.1, NaN]) {
      assertThrows(() => gan({ realLabel }), RangeError, `label real pictures ${realLabel}`);
    }
  });

  it("takes the mean over the patches of each scale, then over the scales", () => {
    const [generator] = terms({}, [[0], [0]], [[1, 2, 3], [-4]]);
    const first = (softplus(-1) + softplus(-2) + softplus(-3)) / 3;
    assertAlmostEquals(generator, (first + softplus(4)) / 2, 1e-6);
  });
});
