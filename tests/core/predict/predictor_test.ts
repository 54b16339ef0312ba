import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { writeSafetensors } from "../../../core/runs/safetensors.ts";
import { sourcesOf } from "../../../core/runs/weights.ts";
import { describeMode, INFERENCE_MODES } from "../../../core/model/inference_modes.ts";
import { buildNetworks, generate, namedVariables } from "../../../core/model/networks.ts";
import type { InferenceMode, Picture } from "../../../core/plugin.ts";
import { describeGenerator } from "../../../core/predict/predict.ts";
import { loadPredictor } from "../../../core/predict/predictor.ts";
import { toTensor } from "../../../core/model/tensors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyData, tinyShape, tinyWiring } from "../train/tiny.ts";

/** A generator that has seen some pictures, so that its moving statistics are not those of one. */
async function trainedGenerator(): Promise<tf.LayersModel> {
  const { generator } = buildNetworks(tinyWiring(), tinyShape, 5);
  for (const index of [0, 1, 2, 3]) {
    const { input } = await tinyData.train.load(index);
    tf.tidy(() =>
      generate(generator, toTensor([input]), {
        training: true,
        dropout: true,
        updateStatistics: true,
        step: tf.scalar(index, "int32"),
      })
    );
  }
  return generator;
}

describe("a predictor", () => {
  before(() => tf.setBackend("cpu"));

  it("predicts as the paper, without dropout, or with moving statistics, as it is told", () =>
    inTemporaryFolder(async (folder) => {
      const generator = await trainedGenerator();
      const path = join(folder, "generator.safetensors");
      const save = async (step: number): Promise<void> => {
        const description = { shape: tinyShape, resize: "cubic", fit: "resize", step } as const;
        const about = describeGenerator(generator, description);
        await writeSafetensors(path, sourcesOf(namedVariables(generator)), about);
      };
      await save(7);
      const predictor = await loadPredictor(path);
      const { input } = await tinyData.test.load(0);
      const predict = async (mode?: InferenceMode): Promise<Picture["data"]> =>
        (await predictor.predict(input, mode)).data;

      const [paper, deterministic, running] = await Promise.all(INFERENCE_MODES.map(predict));
      assertNotEquals(paper, deterministic);
      assertNotEquals(deterministic, running);
      assertEquals(await predict(), paper, "the paper's is the default");
      assertEquals(await predict("paper"), paper, "the same step draws the same");
      assertEquals(await predict("running"), running, "no moving statistic may have changed");

      // Only the paper's noise depends on the step.
      await save(8);
      const later = await loadPredictor(path);
      assertNotEquals((await later.predict(input, "paper")).data, paper);
      assertEquals((await later.predict(input, "deterministic")).data, deterministic);
      assertEquals((await later.predict(input, "running")).data, running);
    }));

  it("describes its modes", () => {
    assertEquals(INFERENCE_MODES, ["paper", "deterministic", "running"]);
    assert(new Set(INFERENCE_MODES.map(describeMode)).size === 3);
  });
});
