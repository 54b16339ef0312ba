import { assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Loss, PairlabError } from "../../../core/plugin.ts";
import { charbonnier } from "../../../plugins/losses/charbonnier.ts";
import { edges } from "../../../plugins/losses/edges.ts";
import { featureMatching } from "../../../plugins/losses/feature_matching.ts";
import { frequency } from "../../../plugins/losses/frequency.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { hinge } from "../../../plugins/losses/hinge.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { l2 } from "../../../plugins/losses/l2.ts";
import { leastSquares } from "../../../plugins/losses/least_squares.ts";
import { multiScaleSsim } from "../../../plugins/losses/multi_scale_ssim.ts";
import { ssim } from "../../../plugins/losses/ssim.ts";
import { totalVariation } from "../../../plugins/losses/total_variation.ts";
import { wasserstein } from "../../../plugins/losses/wasserstein.ts";

const LOSSES: Readonly<Record<string, (options: { readonly weight: number }) => Loss>> = {
  charbonnier,
  edges,
  featureMatching,
  frequency,
  gan,
  hinge,
  l1,
  l2,
  leastSquares,
  multiScaleSsim,
  ssim,
  totalVariation,
  wasserstein,
};

describe("the weight of a loss", () => {
  for (const [name, loss] of Object.entries(LOSSES)) {
    it(`of ${name} is a number from 0 on`, () => {
      for (const weight of [-5, NaN, Infinity]) {
        const words = `Cannot use ${name} with weight: ${weight}`;
        assertThrows(() => loss({ weight }), PairlabError, words);
      }
      loss({ weight: 0 });
    });
  }

  it("of D's part, and of a gradient penalty, is one too", () => {
    for (const adversarial of [gan, hinge, leastSquares, wasserstein]) {
      const make = (): Loss => adversarial({ discriminatorWeight: -1 });
      assertThrows(make, PairlabError, "with discriminatorWeight: -1");
    }
    assertThrows(() => wasserstein({ penalty: -10 }), PairlabError, "with penalty: -10");
  });
});
