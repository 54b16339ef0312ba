import { join } from "@std/path";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { measurePictures } from "../../../core/evaluate/measure.ts";
import { featureMetric } from "../../../core/plugin.ts";
import { buildEfficientnetLite0 } from "../../../plugins/metrics/efficientnet_distance/network.ts";
import { fid } from "../../../plugins/metrics/fid.ts";
import { inceptionFeatures } from "../../../plugins/metrics/inception_features.ts";
import { buildInception } from "../../../plugins/metrics/inception_features/network.ts";
import { assertDigest } from "../../fidelity/numbers.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { pictures, writeFormulaWeights } from "./formula_weights.ts";
import { comparedSet } from "./pictures.ts";
import fixture from "./fixtures/features.json" with { type: "json" };

describe("inceptionFeatures", () => {
  let engine: { close(): void } | undefined;
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine?.close());

  it("are pytorch-fid's, of pictures of any size", () =>
    inTemporaryFolder(async (folder) => {
      const weights = join(folder, "inception.safetensors");
      await writeFormulaWeights(weights, buildInception);
      const features = inceptionFeatures({ weights });
      for (const { size, digest } of fixture.inception) {
        let found: Float32Array[] = [];
        const set = featureMetric("kept", features, (predictions) => {
          found = [...predictions];
          return 0;
        }).start();
        const prediction = pictures(`first ${size[0]}`, size);
        await set.add({ input: prediction, target: prediction, prediction });
        set.finish();
        prediction.dispose();
        const flat = new Float32Array(found.flatMap((vector) => [...vector]));
        assertEquals(found.length, 2);
        assertDigest(
          `inception ${size[0]}`,
          flat,
          { ...digest, shape: [flat.length], samples: digest.samples as Record<string, number> },
          1e-5,
        );
      }
      const same = comparedSet(3).map((pair) => ({ ...pair, prediction: pair.target }));
      const { sets } = await measurePictures([fid(inceptionFeatures({ weights }))], same);
      assertAlmostEquals(sets["fid"]!, 0, 1e-6);
    }));

  it("says how its weights are imported, and what a file lacks", () =>
    inTemporaryFolder(async (folder) => {
      const weights = join(folder, "lite0.safetensors");
      assertThrows(
        () => inceptionFeatures({ weights }),
        PairlabError,
        "deno task import-weights pt_inception-2015-12-05-6726825d.pth (",
      );
      await writeFormulaWeights(weights, buildEfficientnetLite0);
      const { network } = inceptionFeatures({ weights });
      assertThrows(network as () => unknown, PairlabError, 'has no "Conv2d_1a_3x3.conv.weight"');
    }));
});
