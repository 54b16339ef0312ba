import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { featureMatching } from "../../../plugins/losses/feature_matching.ts";
import { logits, picture, termsOf } from "./terms.ts";

// Value and gradient are held against PyTorch's in tests/fidelity.
describe("featureMatching", () => {
  before(() => tf.setBackend("cpu"));

  it("adds up the mean absolute differences of the layers", () => {
    const found = termsOf(featureMatching({ weight: 2 }), {
      realFeatures: [picture([[1, 2], [3, 4]]), picture([[0, 0]])],
      fakeFeatures: [picture([[1, 0], [3, 4]]), picture([[3, -1]])],
      fakeLogits: [logits(0)],
    });
    assertAlmostEquals(found.generator, 2 * (2 / 4 + 4 / 2));
  });

  it("takes the mean over scales, which logits count", () => {
    const found = termsOf(featureMatching({ weight: 1 }), {
      realFeatures: [picture([[1]]), picture([[2]])],
      fakeFeatures: [picture([[0]]), picture([[0]])],
      fakeLogits: [logits(0), logits(0)],
    });
    assertAlmostEquals(found.generator, (1 + 2) / 2);
  });

  it("trains G alone", () => assertEquals(Object.keys(featureMatching()), ["generator"]));

  it("says what it lacks of a discriminator without features", () => {
    const views = { realFeatures: [], fakeFeatures: [], fakeLogits: [logits(0)] };
    const error = assertThrows(() => termsOf(featureMatching(), views), PairlabError);
    assertEquals(
      error.message,
      "Cannot match features: the discriminator outputs none. Use e.g. patchGan({ features: true }).",
    );
  });
});
