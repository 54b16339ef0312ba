import { join } from "@std/path";
import {
  type Callback,
  composePanel,
  type InferenceMode,
  type LogitMap,
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
 * Predicts the first test pictures after every epoch and writes these files for each into `samples/` of
 * the run folder: `{i}_{epoch}.jpg`, the prediction, `{i}_{epoch}.png`, a panel of Input Image,
 * Ground Truth and Predicted Image, and with a discriminator `{i}_{epoch}_logits.png`, a pixel for
 * each of its patches: blue where it takes the prediction for real, orange where it does not.
 * `i` counts from 0, `epoch` from 1.
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
  /** Null without a discriminator. */
  readonly logits: Picture | null;
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
  const [finest] = await run.judge(input, predicted);
  return { predicted, panel, logits: finest === undefined ? null : colourLogits(finest) };
}

/** Sure that it is generated, undecided, sure that it is real: readable with any colour vision. */
const [ORANGE, WHITE, BLUE] = [[230, 97, 1], [247, 247, 247], [33, 102, 172]] as const;

/** A pixel for each logit. */
function colourLogits({ data, width, height }: LogitMap): Picture {
  const pixels = Uint8Array.from({ length: 3 * data.length }, (_, place) => {
    const real = 1 / (1 + Math.exp(-data[Math.floor(place / 3)]!));
    const [from, to, share] = real < 0.5
      ? [ORANGE, WHITE, 2 * real] as const
      : [WHITE, BLUE, 2 * real - 1] as const;
    const channel = place % 3 as 0 | 1 | 2;
    return Math.round(from[channel] + share * (to[channel] - from[channel]));
  });
  return { data: pixels, width, height, channels: 3 };
}

async function writeSample(
  { predicted, panel, logits }: Sample,
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
    logits === null ? undefined : writePicture(join(folder, `${name}_logits.png`), logits),
  ]);
}
