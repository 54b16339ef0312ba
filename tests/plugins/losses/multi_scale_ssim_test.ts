import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { multiScaleSsim } from "../../../plugins/losses/multi_scale_ssim.ts";
import { ssim } from "../../../plugins/losses/ssim.ts";
import { gradientByFake, termsOf } from "./terms.ts";

const noise = (seed: number, size: number, channels = 3): Tensor4D =>
  tf.randomUniform([1, size, size, channels], -1, 1, "float32", seed);

// Value and gradient of five scales are held against TensorFlow's and PyTorch's in tests/fidelity.
describe("multiScaleSsim", () => {
  before(() => tf.setBackend("cpu"));

  it("is SSIM where there is one scale with the exponent 1", () => {
    const target = noise(1, 24);
    const views = { target, fake: tf.add<Tensor4D>(tf.mul(target, 0.5), 0.1) };
    assertAlmostEquals(
      termsOf(multiScaleSsim({ exponents: [1], weight: 3 }), views).generator,
      3 * termsOf(ssim(), views).generator,
      1e-5,
    );
  });

  it("looks at luminance at the coarsest scale alone", () => {
    const fine = tf.fill<tf.Rank.R4>([1, 22, 22, 1], 0.5);
    const views = { target: fine, fake: tf.mul<Tensor4D>(fine, 0.5) };
    const c1 = (0.01 * 2) ** 2;
    const luminance = (2 * 1.5 * 1.25 + c1) / (1.5 ** 2 + 1.25 ** 2 + c1);
    const found = termsOf(multiScaleSsim({ exponents: [0.25, 0.75] }), views).generator;
    assertAlmostEquals(found, 1 - luminance ** 0.75, 1e-4);
  });

  it("bears pictures that are each other's negative, whose factors have no power", () => {
    const target = noise(2, 24);
    const loss = multiScaleSsim({ exponents: [0.5, 0.5] });
    const views = { target, fake: tf.neg<Tensor4D>(target) };
    const found = termsOf(loss, views).generator;
    assert(found > 0.99 && found <= 1, `${found}`);
    assert(gradientByFake(loss, views).every(Number.isFinite));
  });

  it("tells how large pictures must be, or how many scales there can be", () => {
    const views = { target: noise(3, 64), fake: noise(4, 64) };
    const error = assertThrows(() => termsOf(multiScaleSsim(), views), PairlabError);
    assertEquals(
      error.message,
      "Cannot compare pictures of 64x64 at 5 scales. Use at least 176x176, or 3 exponents.",
    );
    const small = { target: noise(3, 8), fake: noise(4, 8) };
    assertThrows(() => termsOf(multiScaleSsim(), small), PairlabError, "or a smaller window");
  });

  it("refuses to compare at no scale", () => {
    assertThrows(() => multiScaleSsim({ exponents: [] }), RangeError, "there are no exponents");
  });
});
