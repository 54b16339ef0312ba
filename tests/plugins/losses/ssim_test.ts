import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { ssim } from "../../../plugins/losses/ssim.ts";
import { termsOf } from "./terms.ts";

const plain = (value: number, size = 16) => tf.fill<tf.Rank.R4>([1, size, size, 3], value);

// Value and gradient are held against scikit-image's and PyTorch's in tests/fidelity.
describe("ssim", () => {
  before(() => tf.setBackend("cpu"));

  it("is 0 where pictures are equal", () => {
    const target = tf.randomUniform<tf.Rank.R4>([2, 16, 16, 3], -1, 1, "float32", 3);
    assertAlmostEquals(termsOf(ssim(), { target, fake: target }).generator, 0, 1e-6);
  });

  it("compares the luminance of plain pictures by the formula, from black at -1 on", () => {
    const c1 = (0.01 * 2) ** 2;
    const similarity = (2 * 1.5 * 1.25 + c1) / (1.5 ** 2 + 1.25 ** 2 + c1);
    const found = termsOf(ssim({ weight: 4 }), { target: plain(0.5), fake: plain(0.25) });
    assertAlmostEquals(found.generator, 4 * (1 - similarity), 1e-4);
  });

  it("is near 2 where one picture is the other's negative", () => {
    // A checkerboard, which is grey on the whole, so that luminance is the same.
    const squares = Array.from({ length: 16 * 16 }, (_, i) => (i + (i >> 4)) % 2 === 0 ? 1 : -1);
    const target = tf.tensor4d(squares, [1, 16, 16, 1]);
    const found = termsOf(ssim(), { target, fake: tf.neg(target) }).generator;
    assertAlmostEquals(found, 2, 0.01);
  });

  it("takes another window, for pictures that are small", () => {
    const views = { target: plain(0.5, 8), fake: plain(0.5, 8) };
    assertAlmostEquals(termsOf(ssim({ window: 7 }), views).generator, 0, 1e-6);
    const error = assertThrows(() => termsOf(ssim(), views), PairlabError);
    assertEquals(
      error.message,
      "Cannot compute SSIM of pictures of 8x8: the window is 11x11. Use larger pictures or a smaller odd window.",
    );
  });

  it("refuses a window without a middle", () => {
    const views = { target: plain(0), fake: plain(0) };
    assertThrows(() => termsOf(ssim({ window: 10 }), views), RangeError, "an odd number");
  });
});
