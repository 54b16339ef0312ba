import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { GENERATOR_FILE } from "../../../core/runs/weights.ts";
import { checkExperiment } from "../../../core/experiment/check.ts";
import {
  decodeOutput,
  encodeInputs,
  encodeTargets,
  networkShape,
} from "../../../core/model/colours.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { evaluate } from "../../../core/evaluate/evaluate.ts";
import { listCheckpoints, loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import { rgbToLab } from "../../../core/ops/mod.ts";
import type { Callback, Picture } from "../../../core/plugin.ts";
import { loadPredictor } from "../../../core/predict/predictor.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { toPictures, toTensor } from "../../../core/model/tensors.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining } from "../../../core/train/training.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyData, tinyShape, tinyWiring } from "../train/tiny.ts";

const never = new AbortController().signal;

/** The lightness of each pixel, 0…100. */
function lightness(picture: Picture): number[] {
  return tf.tidy(() => [...rgbToLab(toTensor([picture])).dataSync()].filter((_, i) => i % 3 === 0));
}

/** Trains a tiny colouriser for two epochs, or as far as the signal allows. */
async function colourise(
  folder: string,
  signal: AbortSignal,
  callbacks: readonly Callback[] = [],
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(recordPath(folder), "{}");
  const training = await createTraining({
    experiment: "tiny",
    folder,
    wiring: tinyWiring({ colours: "lab", callbacks }),
    shape: tinyShape,
    train: tinyData.train,
    test: tinyData.test,
    epochs: 2,
    batch: 2,
    seed: 23,
    checkpoint: await loadNewestCheckpoint(join(folder, "checkpoints"), () => {}),
  });
  await train(training, signal);
}

async function generatorOf(folder: string): Promise<string> {
  const { whole: [newest] } = await listCheckpoints(join(folder, "checkpoints"));
  return join(newest?.folder ?? "", GENERATOR_FILE);
}

describe("colours from lightness", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("show networks one channel and ask two of them, L / 50 - 1, a / 110 and b / 110", () => {
    const { input, target } = networkShape(tinyShape, "lab");
    assertEquals([input.channels, target.channels], [1, 2]);
    // scikit-image's L*a*b* of pure red.
    const red = { data: Uint8Array.of(255, 0, 0), width: 1, height: 1, channels: 3 };
    const [L] = encodeInputs([red], "lab").dataSync();
    const [a, b] = encodeTargets([red], "lab").dataSync();
    assertAlmostEquals(L ?? NaN, 53.2406 / 50 - 1, 1e-4);
    assertAlmostEquals(a ?? NaN, 80.0923 / 110, 1e-4);
    assertAlmostEquals(b ?? NaN, 67.2028 / 110, 1e-4);
  });

  it("put together with the lightness are the picture again", async () => {
    const { target } = await tinyData.train.load(0);
    const meant = decodeOutput(
      encodeTargets([target], "lab"),
      encodeInputs([target], "lab"),
      "lab",
    );
    assertEquals((await toPictures(meant))[0], target);
  });

  it("are refused for pictures that are not in colour, before anything is loaded", () => {
    const grey = { ...tinyShape.input, channels: 1 };
    const error = assertThrows(
      () => checkExperiment(tinyWiring({ colours: "lab" }), { ...tinyShape, input: grey }),
      PairlabError,
    );
    assertEquals(
      error.message,
      "Cannot predict colours from lightness with pictures of 1 and 3 channels. Set channels: { input: 3, target: 3 }.",
    );
  });

  it("are predicted in RGB by the checkpoint alone, with the lightness of the input", () =>
    inTemporaryFolder(async (folder) => {
      const shown: Picture[] = [];
      const watcher: Callback = {
        name: "watcher",
        onEpochEnd: async (run) => {
          const { input } = await run.testPair(0);
          shown.push(input, await run.predict(input));
        },
      };
      await colourise(folder, never, [watcher]);
      assertEquals(shown.map(({ channels }) => channels), [3, 3, 3, 3]);

      const predictor = await loadPredictor(await generatorOf(folder));
      assertEquals([predictor.shape, predictor.colours], [tinyShape, "lab"]);
      const { input } = await tinyData.test.load(0);
      const predicted = await predictor.predict(input);
      assertEquals(predicted, shown[3]);
      const wanted = lightness(input), found = lightness(predicted);
      for (const [i, value] of found.entries()) assertAlmostEquals(value, wanted[i] ?? NaN, 1);

      // Measured in RGB, too, beside the pictures as they are.
      const measured = await evaluate({ pairs: tinyData.test, predictor }, {
        metrics: [psnr()],
        modes: ["paper"],
      });
      assert(measured.identity !== null);
      assertEquals(measured.modes.get("paper")?.pictures["psnr"]?.length, 2);
    }));

  it("interrupted and resumed, end with the bits of a training that was not", () =>
    inTemporaryFolder(async (folder) => {
      const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
      await colourise(whole, never);
      const controller = new AbortController();
      const interrupt: Callback = {
        name: "interrupt",
        onStepEnd: (_, { step }) => step === 3 ? controller.abort() : undefined,
      };
      await colourise(broken, controller.signal, [interrupt]);
      await colourise(broken, never);
      assertEquals(
        await Deno.readFile(await generatorOf(broken)),
        await Deno.readFile(await generatorOf(whole)),
      );
    }));
});
