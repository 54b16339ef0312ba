/** A generator that a server has loaded. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { compile } from "../backends/compile.ts";
import { fitPicture } from "../data/frame.ts";
import { type ExportedGenerator, levelsFunction } from "../export/generator.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { LAYERS_IN_MODE } from "../model/inference_modes.ts";
import type { GeneratorDescription } from "../predict/predict.ts";

/** A generator at a server's disposal. */
export interface ServedModel {
  readonly name: string;
  readonly mode: InferenceMode;
  readonly description: GeneratorDescription;
  /** Numbers of pictures that are predicted at once, ascending; each is compiled at its first use. */
  readonly batches: readonly number[];
  /** Brings a picture to the network's size. */
  fit(picture: Picture): Promise<Picture>;
  /** Predicts pictures of the network's size; each result depends on its own picture alone. */
  predict(pictures: readonly Picture[]): Promise<Picture[]>;
}

/**
 * Twice as many at once take less than twice the time; batches of these sizes cover any number, and
 * none is filled up with pictures that nobody asked for.
 */
const BATCHES = [1, 2, 4, 8];

/** Makes a generator ready to be served. */
export function serveModel(name: string, generator: ExportedGenerator): ServedModel {
  const { description, mode } = generator;
  const { shape: { input, target }, resize, fit } = description;
  const run = compile(levelsFunction(generator), { name: "a served prediction" });
  // Statistics of the batch would mix the pictures of different users.
  const batches = LAYERS_IN_MODE[mode].training ? [1] : BATCHES;

  const predict = async (pictures: readonly Picture[]): Promise<Picture[]> => {
    const size = pictures.length;
    const extent = input.height * input.width * input.channels;
    const levels = new Float32Array(size * extent);
    pictures.forEach(({ data }, index) => {
      const scale = data instanceof Uint16Array ? 1 / 257 : 1;
      for (let i = 0; i < extent; i++) levels[index * extent + i] = data[i]! * scale;
    });
    const given = tf.tensor4d(levels, [size, input.height, input.width, input.channels]);
    const output: Tensor4D = await run(given);
    const values = await output.data();
    tf.dispose([given, output]);
    const { height, width, channels } = target;
    const length = height * width * channels;
    return pictures.map((_, index) => ({
      height,
      width,
      channels,
      data: Uint8Array.from(
        values.subarray(index * length, (index + 1) * length),
        (level) => Math.round(level),
      ),
    }));
  };

  return {
    name,
    mode,
    description,
    batches,
    fit: (picture) => fitPicture(picture, input, { resize, fit }),
    predict,
  };
}
