import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { frequency } from "../../../plugins/losses/frequency.ts";
import { l2 } from "../../../plugins/losses/l2.ts";
import { gradientByFake, termsOf } from "./terms.ts";

const noise = (seed: number): Tensor4D => tf.randomUniform([2, 6, 9, 3], -1, 1, "float32", seed);

/** A wave along the columns: `turns` of them across 8 pixels, in each of 4 rows. */
function wave(turns: number, height: number): Tensor4D {
  const row = Array.from({ length: 8 }, (_, x) => height * Math.cos(2 * Math.PI * turns * x / 8));
  return tf.tensor4d([row, row, row, row].flat(), [1, 4, 8, 1]);
}

// Value and gradient are held against PyTorch's fast Fourier transform in tests/fidelity.
describe("frequency", () => {
  before(() => tf.setBackend("cpu"));

  it("is L2 where all frequencies count alike (Parseval)", () => {
    const views = { target: noise(1), fake: noise(2) };
    assertAlmostEquals(
      termsOf(frequency({ alpha: 0, weight: 100 }), views).generator,
      termsOf(l2(), views).generator,
      1e-3,
    );
  });

  it("weighs a frequency by how badly it is met, against the worst", () => {
    // Each wave is two of 32 frequencies, a and -a, of which each is height * √32 / 2 high.
    const fake = tf.zeros<tf.Rank.R4>([1, 4, 8, 1]);
    const target = tf.add<Tensor4D>(wave(1, 1), wave(3, 0.5));
    const [worst, other] = [8, 2];
    const found = (alpha: number) => termsOf(frequency({ alpha }), { target, fake }).generator;
    assertAlmostEquals(found(1), 2 * (worst + other * 0.5) / 32, 1e-5);
    assertAlmostEquals(found(2), 2 * (worst + other * 0.25) / 32, 1e-5);
  });

  it("is 0 with no gradient where pictures are equal", () => {
    const target = noise(1);
    assertEquals(termsOf(frequency(), { target, fake: target }).generator, 0);
    const gradient = gradientByFake(frequency(), { target, fake: target });
    assertEquals(gradient.filter((value) => Math.abs(value) !== 0), []);
  });
});
