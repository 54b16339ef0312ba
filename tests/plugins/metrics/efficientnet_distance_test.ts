import * as tf from "@tensorflow/tfjs";
import { join } from "@std/path";
import { assertAlmostEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { efficientnetDistance } from "../../../plugins/metrics/efficientnet_distance.ts";
import { buildEfficientnetLite0 } from "../../../plugins/metrics/efficientnet_distance/network.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { pictures, writeFormulaWeights } from "./formula_weights.ts";
import fixture from "./fixtures/features.json" with { type: "json" };

describe("efficientnetDistance", () => {
  let engine: { close(): void } | undefined;
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine?.close());

  it("is PyTorch's, of the authors' network with the same weights", () =>
    inTemporaryFolder(async (folder) => {
      const weights = join(folder, "lite0.safetensors");
      await writeFormulaWeights(weights, buildEfficientnetLite0);
      const metric = efficientnetDistance({ weights });
      for (const { size, values } of fixture.efficientnet) {
        const [prediction, target] = ["first", "second"].map((which) =>
          pictures(`${which} ${size[0]}`, size)
        );
        const found = tf.tidy(() =>
          metric.measure({ input: target!, target: target!, prediction: prediction! }).dataSync()
        );
        values.forEach((value, index) => assertAlmostEquals(found[index]!, value, 1e-4 * value));
        tf.dispose([prediction!, target!]);
      }
    }));

  it("says how its weights are imported where they are missing or damaged", () =>
    inTemporaryFolder(async (folder) => {
      const damaged = join(folder, "damaged.safetensors");
      await Deno.writeFile(damaged, new Uint8Array(100));
      for (const weights of [join(folder, "missing.safetensors"), damaged]) {
        assertThrows(
          () => efficientnetDistance({ weights }),
          PairlabError,
          "deno task import-weights efficientnet-lite0-57934424.pth (",
        );
      }
    }));
});
