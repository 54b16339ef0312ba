import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { writeSafetensors } from "../../../core/runs/safetensors.ts";
import { sourcesOf } from "../../../core/runs/weights.ts";
import { describeMode, INFERENCE_MODES } from "../../../core/model/inference_modes.ts";
import { buildNetworks, generate, namedVariables } from "../../../core/model/networks.ts";
import { type InferenceMode, PairlabError, type Picture } from "../../../core/plugin.ts";
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

  /** Writes a generator's file, altered, and expects it to be rejected. */
  const rejects = (
    what: string,
    words: string,
    alter: (about: Record<string, string>, kernel: tf.Variable) => void,
  ): void =>
    it(`rejects ${what}`, () =>
      inTemporaryFolder(async (folder) => {
        const { generator } = buildNetworks(tinyWiring(), tinyShape, 5);
        const description = { shape: tinyShape, resize: "cubic", fit: "resize", step: 1 } as const;
        const about = describeGenerator(generator, description);
        const variables = namedVariables(generator);
        alter(about, variables.get("down1_convolution/kernel")!);
        const path = join(folder, "generator.safetensors");
        await writeSafetensors(path, sourcesOf(variables), about);
        await assertRejects(() => loadPredictor(path), PairlabError, words);
      }));

  for (const extent of [0, -1, 1e9, 33, 2.5]) {
    const words = extent === 33 ? "its shape is not that of its network" : "height";
    rejects(`a shape with a height of ${extent}`, words, (about) => {
      const { input, target } = tinyShape;
      about["shape"] = JSON.stringify({ input: { ...input, height: extent }, target });
    });
  }

  for (const value of [NaN, -Infinity]) {
    const words = 'its weight "down1_convolution/kernel" are NaN or infinite';
    rejects(`a weight of ${value}, instead of predicting black`, words, (_, kernel) => {
      kernel.assign(tf.fill(kernel.shape, value));
    });
  }
});
