import { join } from "@std/path";
import {
  type Callback,
  composePanel,
  type InferenceMode,
  messageOf,
  type Picture,
  type TrainingRun,
  viewablePicture,
  writePicture,
} from "../../core/plugin.ts";

/** Options of {@link samples}. */
export interface SamplesOptions {
  /** Number of test pictures, from the start of the split. @default 5 */
  readonly count?: number;
  /** Inference mode. @default "paper": with dropout and batch statistics */
  readonly mode?: InferenceMode;
}

/**
 * Predicts the first test pictures after every epoch and writes two files for each into `samples/` of
 * the run folder: `{i}_{epoch}.jpg`, the prediction, and `{i}_{epoch}.png`, a panel of Input Image,
 * Ground Truth and Predicted Image. `i` counts from 0, `epoch` from 1.
 *
 * @throws {RangeError} If `count` is not a whole number from 0.
 *
 * @example
 * ```ts
 * import { samples } from "./samples.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(samples({ count: 3 }).name, "samples");
 * ```
 */
export function samples({ count = 5, mode = "paper" }: SamplesOptions = {}): Callback {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Cannot show ${count} samples. Use a whole number from 0.`);
  }
  return {
    name: "samples",
    mode,
    async onEpochEnd(run, { epoch }) {
      const folder = join(run.folder, "samples");
      const shown = Math.min(count, run.test.names.length);
      for (let index = 0; index < shown; index++) {
        const sample = await drawSample(run, index, mode);
        try {
          await writeSample(sample, folder, `${index}_${epoch}`);
        } catch (error) {
          // A full disk must not end the training.
          run.say(`Warning: cannot write samples into "${folder}": ${messageOf(error)}`);
          return;
        }
      }
    },
  };
}

interface Sample {
  readonly predicted: Picture;
  readonly panel: Picture;
}

async function drawSample(
  run: TrainingRun,
  index: number,
  mode: InferenceMode,
): Promise<Sample> {
  const { input, target } = await run.testPair(index);
  const predicted = await run.predict(input, mode);
  const panel = await composePanel([
    { title: "Input Image", picture: input },
    { title: "Ground Truth", picture: target },
    { title: "Predicted Image", picture: predicted },
  ]);
  return { predicted, panel };
}

async function writeSample(
  { predicted, panel }: Sample,
  folder: string,
  name: string,
): Promise<void> {
  try {
    // Not recursive: a run folder that was removed stays removed.
    await Deno.mkdir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  await Promise.all([
    writePicture(join(folder, `${name}.jpg`), viewablePicture(predicted)),
    writePicture(join(folder, `${name}.png`), panel),
  ]);
}
