import { assertAlmostEquals, assertRejects } from "@std/assert";
import { it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/plugin.ts";
import { gradientSimilarity } from "../../../plugins/metrics/gradient_similarity.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertMeasures, measured, plain } from "./pictures.ts";

describeOnEngines("gradient similarity", () => {
  it("is SciPy's", () => assertMeasures(gradientSimilarity()));

  it("does not depend on which of the two is the prediction", async () => {
    const a = plain(200), b = plain(10);
    const there = await measured(gradientSimilarity(), a, b);
    assertAlmostEquals(there, await measured(gradientSimilarity(), b, a), 1e-6);
  });

  it("refuses pictures that cannot be halved", async () => {
    const dot = plain(1, 3, 1);
    await assertRejects(() => measured(gradientSimilarity(), dot, dot), PairlabError, "1x1");
  });
});
