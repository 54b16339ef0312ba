/** A whole training on pictures that are not 8-bit squares in colour. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { listCheckpoints } from "../../../core/runs/checkpoints.ts";
import { GENERATOR_FILE } from "../../../core/runs/weights.ts";
import { decodePicture } from "../../../core/pictures/decode.ts";
import { writePicture } from "../../../core/pictures/encode.ts";
import type { Picture, Wiring } from "../../../core/plugin.ts";
import { loadPredictor } from "../../../core/predict/predictor.ts";
import { recordPath } from "../../../core/runs/run_folder.ts";
import { train } from "../../../core/train/train.ts";
import { createTraining } from "../../../core/train/training.ts";
import { checkpoint } from "../../../plugins/callbacks/checkpoint.ts";
import { samples } from "../../../plugins/callbacks/samples.ts";
import { compose } from "../../../plugins/augment/compose.ts";
import { jitter } from "../../../plugins/augment/jitter.ts";
import { rotate } from "../../../plugins/augment/rotate.ts";
import { folderPairs } from "../../../plugins/data/folder_pairs.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { tinyWiring } from "./tiny.ts";

/** 16 bits of a slope, brighter in each channel. */
function slope(channels: number): Picture {
  const width = 80, height = 40;
  const data = Uint16Array.from(
    { length: width * height * channels },
    (_, i) => 300 * (Math.floor(i / channels) % width) + 5000 * (i % channels),
  );
  return { data, width, height, channels };
}

describe("a training from 16 bits of grey to five channels, 64x32", () => {
  before(() => tf.setBackend("cpu").then(() => {}));

  it("runs, shows samples, and predicts in 16 bits from its checkpoint", () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, "data"), run = join(folder, "run");
      for (const path of [join(root, "input"), join(root, "output"), run]) {
        await Deno.mkdir(path, { recursive: true });
      }
      for (const name of ["a", "b"]) {
        await writePicture(join(root, "input", `${name}.png`), slope(1));
        await writePicture(join(root, "output", `${name}.tif`), slope(5));
      }
      await Deno.writeTextFile(recordPath(run), "{}");

      const channels = { input: 1, target: 5 };
      const data = await folderPairs({ root, channels, depth: 16 }).open();
      const wiring: Wiring = tinyWiring({
        fit: "cover",
        augment: compose(
          rotate({ degrees: [-3, 3] }),
          jitter({ load: { width: 68, height: 36 }, crop: { width: 64, height: 32 } }),
        ),
        callbacks: [samples({ count: 1 }), checkpoint()],
      });
      const frame = { height: 32, width: 64 };
      const shape = { input: { ...frame, channels: 1 }, target: { ...frame, channels: 5 } };
      const training = await createTraining({
        experiment: "other",
        folder: run,
        wiring,
        shape,
        train: data.train,
        test: data.test,
        epochs: 1,
        batch: 1,
        seed: 23,
      });
      assertEquals((await train(training, new AbortController().signal)).end, "finished");

      const panel = await decodePicture(join(run, "samples", "0_1.png"));
      assert(panel.width > 3 * 64 && panel.height > 32);
      const { whole: [newest] } = await listCheckpoints(join(run, "checkpoints"));
      const predictor = await loadPredictor(join(newest!.folder, GENERATOR_FILE));
      assertEquals([predictor.shape, predictor.fit], [shape, "cover"]);
      const predicted = await predictor.predict(slope(1), "deterministic", 16);
      assert(predicted.data instanceof Uint16Array);
      assertEquals([predicted.width, predicted.height, predicted.channels], [64, 32, 5]);
    }));
});
