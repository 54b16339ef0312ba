import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { hinge } from "../../../plugins/losses/hinge.ts";
import { logits, termsOf } from "./terms.ts";

// Values and gradients are held against PyTorch's in tests/fidelity.
describe("hinge", () => {
  before(() => tf.setBackend("cpu"));

  it("asks D for more than 1 and less than -1, and for no more where it has it", () => {
    const views = (real: number, fake: number) => ({
      realLogits: [logits(real)],
      fakeLogits: [logits(fake)],
    });
    assertAlmostEquals(termsOf(hinge(), views(1.5, -2)).discriminator, 0);
    assertAlmostEquals(termsOf(hinge(), views(0.25, -2)).discriminator, 0.75);
    assertAlmostEquals(termsOf(hinge(), views(1.5, 2)).discriminator, 3);
  });

  it("asks G for a fake that D is sure about", () => {
    const views = { realLogits: [logits(0)], fakeLogits: [logits(5)] };
    assertAlmostEquals(termsOf(hinge(), views).generator, -5);
  });

  it("weighs each network's term by its own weight", () => {
    const loss = hinge({ weight: 3, discriminatorWeight: 0.5 });
    const found = termsOf(loss, { realLogits: [logits(0)], fakeLogits: [logits(1)] });
    assertAlmostEquals(found.generator, -3);
    assertAlmostEquals(found.discriminator, 0.5 * (1 + 2));
  });

  it("counts a coarse scale as much as a fine one", () => {
    const fakeLogits = [logits(1, 9), logits(-3, 1)];
    assertAlmostEquals(termsOf(hinge(), { realLogits: fakeLogits, fakeLogits }).generator, 1);
  });
});
