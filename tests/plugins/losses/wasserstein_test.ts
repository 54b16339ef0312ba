import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { wasserstein } from "../../../plugins/losses/wasserstein.ts";
import { logits, picture, termsOf } from "./terms.ts";

/** A critic that says `slope` times the sum of the picture's two pixels. */
function linear(slope: number) {
  return (x: Tensor4D) => ({
    logits: [tf.mul<Tensor4D>(tf.sum(x, [1, 2, 3], true), slope)],
    features: [],
  });
}

/** What the loss sees of that critic in some step; `seen` collects what it is asked about. */
function views(slope: number, step: number, seen: number[][] = []) {
  const target = picture([[1, 3]]), fake = picture([[0, 1]]);
  const judge = linear(slope);
  return {
    target,
    fake,
    realLogits: judge(target).logits,
    fakeLogits: judge(fake).logits,
    discriminate: (x: Tensor4D) => {
      seen.push([...x.dataSync()]);
      return judge(x);
    },
    step: tf.scalar(step, "int32"),
  };
}

// Values and gradients are held against PyTorch's in tests/fidelity.
describe("wasserstein", () => {
  before(() => tf.setBackend("cpu"));

  it("asks D for a high number of real and a low one of fake, and G for a high one", () => {
    const given = { realLogits: [logits(3)], fakeLogits: [logits(-2)] };
    const found = termsOf(wasserstein({ penalty: 0 }), given);
    assertAlmostEquals(found.generator, 2);
    assertAlmostEquals(found.discriminator, -2 - 3);
  });

  it("penalises a slope that is not 1 long", () => {
    // Two pixels with the slope 3 each: 3 √2 long. Fake less real is 3 - 12.
    const found = termsOf(wasserstein({ penalty: 2 }), views(3, 1)).discriminator;
    assertAlmostEquals(found, 3 - 12 + 2 * (3 * Math.SQRT2 - 1) ** 2, 1e-4);
  });

  it("bears a critic without any slope", () => {
    const found = termsOf(wasserstein(), views(0, 1)).discriminator;
    assertAlmostEquals(found, 10, 1e-4);
  });

  it("looks at D between target and fake, each time elsewhere", () => {
    const seen: number[][] = [];
    for (const step of [1, 2]) termsOf(wasserstein(), views(1, step, seen));
    for (const [first, second] of seen) {
      assert(first! > 0 && first! < 1, `${first}`);
      // Both pixels by the same share.
      assertAlmostEquals(second!, 1 + 2 * first!, 1e-6);
    }
    assertEquals(seen.length, 2);
    assertNotEquals(seen[0], seen[1]);
  });

  it("looks at the same place in the same step, and elsewhere with another seed", () => {
    const lookedAt = (seed: number): number[][] => {
      const seen: number[][] = [];
      termsOf(wasserstein({ seed }), views(1, 5, seen));
      return seen;
    };
    assertEquals(lookedAt(1), lookedAt(1));
    assertNotEquals(lookedAt(1), lookedAt(2));
  });

  it("weighs each network's term by its own weight, penalty included", () => {
    const once = termsOf(wasserstein(), views(3, 1));
    const thrice = termsOf(wasserstein({ weight: 2, discriminatorWeight: 3 }), views(3, 1));
    assertAlmostEquals(thrice.generator, 2 * once.generator, 1e-5);
    assertAlmostEquals(thrice.discriminator, 3 * once.discriminator, 1e-4);
  });
});
