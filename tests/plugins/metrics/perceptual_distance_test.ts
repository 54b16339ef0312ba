import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { it } from "@std/testing/bdd";
import { measurePictures } from "../../../core/evaluate/measure.ts";
import { PairlabError } from "../../../core/plugin.ts";
import {
  perceptualDistance,
  type PerceptualDistanceOptions,
} from "../../../plugins/metrics/perceptual_distance.ts";
import { describeOnEngines } from "../../fidelity/engines.ts";
import { assertNumbers } from "../../fidelity/numbers.ts";
import expected from "./fixtures/metrics.json" with { type: "json" };
import { smallNetwork } from "./network.ts";
import { comparedSet, measured, plain } from "./pictures.ts";

async function distances(layers: PerceptualDistanceOptions["layers"]): Promise<readonly number[]> {
  const metric = perceptualDistance({ network: smallNetwork(), layers });
  return (await measurePictures([metric], comparedSet(3))).pictures[metric.name]!;
}

describeOnEngines("the perceptual distance", () => {
  it("is PyTorch's", async () => {
    const { plain } = expected.perceptual;
    assertNumbers("by list", await distances(["early", "late"]), plain, 1e-4);
    assertNumbers("by weights", await distances({ early: 1, late: 1 }), plain, 1e-4);
  });

  it("weighs channels as LPIPS does", async () => {
    const layers = { early: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], late: 1 };
    assertNumbers("weighted", await distances(layers), expected.perceptual.weighted, 1e-4);
  });

  it("is 0 where nothing differs, and where no feature responds", async () => {
    const network = smallNetwork();
    const metric = perceptualDistance({
      network,
      layers: ["early"],
      preprocess: (pictures) => pictures.mul(0),
    });
    assertEquals(await measured(metric, plain(1, 3, 64), plain(200, 3, 64)), 0);
  });

  it("refuses layers that there are not", async () => {
    const network = smallNetwork();
    const metric = perceptualDistance({ network, layers: ["erly"] });
    const picture = plain(1, 3, 64);
    await assertRejects(() => measured(metric, picture, picture), PairlabError, '"early"');
    assertThrows(() => perceptualDistance({ network, layers: [] }), RangeError);
  });
});
