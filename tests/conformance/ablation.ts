/**
 * The suite for matrices, your own included:
 *
 *     conformsAsAblation("losses", losses);
 *
 * in a test file runs the whole suite.
 */
import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import type { Ablation } from "../../core/ablate/ablation.ts";
import { labelOf, variantExperiment } from "../../core/ablate/variant.ts";
import { planOf } from "./experiment.ts";

/** Runs the suite for a matrix: what a file's default export is. Nothing is trained. */
export function conformsAsAblation(name: string, ablation: Ablation): void {
  describe(`${name} as an ablation`, () => {
    before(async () => {
      await tf.setBackend("cpu");
    });

    for (const scale of ablation.scales.keys()) {
      it(`fits together in every variant, at the scale "${scale}"`, () => {
        for (const variant of ablation.variants.keys()) {
          planOf(variant, variantExperiment(ablation, { variant, scale }));
        }
      });

      it(`gives each variant a row of its own, at the scale "${scale}"`, () => {
        const labels = [...ablation.variants.keys()].map((variant) => {
          const { defaults } = variantExperiment(ablation, { variant, scale });
          return labelOf(ablation, variant, defaults);
        });
        assertEquals(
          labels.length,
          new Set(labels).size,
          `two rows have one label: ${labels.join(", ")}`,
        );
      });
    }
  });
}
