/** A trained generator as a function of levels, and its graph. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { decodeOutput, encodeInput } from "../model/colours.ts";
import { LAYERS_IN_MODE } from "../model/inference_modes.ts";
import { generate } from "../model/networks.ts";
import type { GeneratorDescription } from "../predict/predict.ts";
import { type Graph, traceGraph } from "./graph.ts";

/** A generator, and what is needed to use it. */
export interface ExportedGenerator {
  readonly model: LayersModel;
  readonly description: GeneratorDescription;
  readonly mode: InferenceMode;
}

/**
 * The function that every format holds: levels of 0…255 in, levels of 0…255 out, float32
 * `[batch, height, width, channels]`, not rounded.
 *
 * @throws {PairlabError} For the mode `paper`, whose dropout is noise.
 */
export function levelsFunction(
  { model, description: { colours }, mode }: ExportedGenerator,
): (levels: Tensor4D) => Tensor4D {
  const { training, dropout } = LAYERS_IN_MODE[mode];
  if (dropout) {
    throw new PairlabError(
      `Cannot export the mode "${mode}": its dropout draws random numbers by Pairlab's own generator, which other programs do not have. Use --mode=deterministic, the same network without dropout.`,
    );
  }
  return (levels) =>
    tf.tidy(() => {
      const input = encodeInput(tf.sub(tf.div(levels, 127.5), 1), colours);
      const step = tf.scalar(0, "int32");
      const how = { training, dropout, updateStatistics: false, step };
      const pictures = decodeOutput(generate(model, input, how), input, colours);
      return tf.clipByValue(tf.mul(tf.add(pictures, 1), 127.5), 0, 255);
    });
}

/** The graph of {@link levelsFunction}. */
export async function generatorGraph(generator: ExportedGenerator): Promise<Graph> {
  const { model, description: { shape } } = generator;
  const names = new Map(
    model.weights.map((weight) => [(weight.read() as Variable).dataId, weight.originalName]),
  );
  return await traceGraph(levelsFunction(generator), { shape: shape.input, names });
}
