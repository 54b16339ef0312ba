import * as tf from "@tensorflow/tfjs";
import { join } from "@std/path";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { lpips } from "../../../plugins/metrics/lpips.ts";
import type { LpipsNetwork } from "../../../plugins/metrics/lpips/networks.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { pictures, writeLpipsWeights } from "./formula_weights.ts";
import fixture from "./fixtures/lpips.json" with { type: "json" };

describe("lpips", () => {
  let engine: { close(): void } | undefined;
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine?.close());

  for (const network of ["alex", "vgg", "squeeze"] as const satisfies readonly LpipsNetwork[]) {
    it(`is that of the authors' package, for the same weights (${network})`, () =>
      inTemporaryFolder(async (folder) => {
        const weights = join(folder, "weights.safetensors");
        await writeLpipsWeights(weights, network);
        const metric = lpips({ network, weights });
        assertEquals([metric.name, metric.better], [`lpips-${network}`, "lower"]);
        for (const { size, values } of fixture[network]) {
          const [prediction, target] = ["first", "second"].map((which) =>
            pictures(`${which} ${size[0]}`, size)
          );
          const found = tf.tidy(() =>
            metric.measure({ input: target!, target: target!, prediction: prediction! }).dataSync()
          );
          values.forEach((expected, index) =>
            assertAlmostEquals(found[index]!, expected, 1e-4 * expected)
          );
          const same = tf.tidy(() =>
            metric.measure({ input: target!, target: target!, prediction: target! }).dataSync()
          );
          assertEquals([...same], [0, 0]);
          tf.dispose([prediction!, target!]);
        }
      }));
  }

  it("says how to make its weights, and which one is missing", () =>
    inTemporaryFolder(async (folder) => {
      const weights = join(folder, "weights.safetensors");
      assertThrows(
        () => lpips({ weights }),
        PairlabError,
        "deno task import-weights alexnet-owt-7be5be79.pth alex.pth (",
      );
      await writeLpipsWeights(weights, "alex");
      assertThrows(
        () => lpips({ network: "squeeze", weights }),
        PairlabError,
        '"lin1.model.1.weight" is [1,192,1,1], not [1,128,1,1]. Make it by: deno task import-weights',
      );
    }));
});
