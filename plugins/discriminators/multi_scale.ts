import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import {
  deriveKey,
  type Discriminator,
  type ImageShape,
  logitOutputs,
  messageOf,
  PairlabError,
  type TaskShape,
} from "../../core/plugin.ts";
import { averagePooling, halved } from "../layers/average_pooling.ts";
import { rebuild } from "../layers/rebuild.ts";
import { sizeInWords } from "../layers/sizes.ts";

/** Options of {@link multiScale}. */
export interface MultiScaleOptions {
  /** The discriminator of each scale; each has its own weights. E.g. `patchGan({ features: true })`. */
  readonly discriminator: Discriminator;
  /** Number of scales: full size, half, a quarter, … @default 3 */
  readonly scales?: number;
}

/**
 * A multi-scale discriminator (pix2pixHD, Wang et al. 2018, section 3.2): copies of a discriminator
 * that see the picture at full size, half, a quarter, …, and so judge ever larger parts of it.
 *
 * Layer names are the discriminator's with the prefix `scale1_` (full size), `scale2_`, ….
 *
 * @returns A network from the discriminator's inputs to the logits of every scale, followed by the
 * features of every scale if the discriminator offers them.
 * @throws {PairlabError} If the smallest scale is too small for the discriminator.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { multiScale } from "./multi_scale.ts";
 * import { patchGan } from "./patch_gan.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const shape = { height: 64, width: 64, channels: 3 };
 * const build = multiScale({ scales: 2, discriminator: patchGan({ filters: 2 }) });
 * const discriminator = build({ input: shape, target: shape }, 23);
 * assertEquals(discriminator.outputNames, [
 *   "scale1_logits_convolution",
 *   "scale2_logits_convolution",
 * ]);
 * ```
 */
export function multiScale({ discriminator, scales = 3 }: MultiScaleOptions): Discriminator {
  if (!(Number.isInteger(scales) && scales >= 1)) {
    throw new PairlabError(`Cannot judge ${scales} scales. Use a whole number of 1 or more.`);
  }
  return (shape, seed) => {
    const models = buildScales(discriminator, scales, shape, seed);
    const { inputNames } = models[0]!;
    const inputs = models[0]!.inputs.map(({ shape }, index) =>
      tf.input({ shape: shape.slice(1), name: inputNames[index]! })
    );
    const logits: SymbolicTensor[] = [];
    const features: SymbolicTensor[] = [];
    let pictures: readonly SymbolicTensor[] = inputs;
    models.forEach((model, index) => {
      const prefix = `scale${index + 1}_`;
      if (index > 0) {
        pictures = pictures.map((picture, which) =>
          averagePooling(picture, { name: prefix + inputNames[which] })
        );
      }
      const outputs = rebuild(model, { inputs: pictures, prefix });
      const isLogits = logitOutputs(model.outputNames);
      outputs.forEach((output, which) => (isLogits[which] ? logits : features).push(output));
      model.dispose();
    });
    return tf.model({ inputs, outputs: [...logits, ...features], name: "multi_scale" });
  };
}

/** A discriminator per scale, full size first. */
function buildScales(
  discriminator: Discriminator,
  scales: number,
  shape: TaskShape,
  seed: number,
): LayersModel[] {
  const models: LayersModel[] = [];
  let { input, target } = shape;
  for (let scale = 1; scale <= scales; scale++) {
    try {
      models.push(discriminator({ input, target }, deriveKey(seed, ["scale", scale])[0] >>> 1));
    } catch (error) {
      for (const model of models) model.dispose();
      if (scale === 1) throw error;
      throw new PairlabError(
        `Cannot judge ${sizeInWords(shape.target)} on ${scales} scales: scale ${scale} is ${
          sizeInWords(target)
        } (${messageOf(error)}). Use ${scale === 2 ? "1 scale" : `${scale - 1} scales`}.`,
        { cause: error },
      );
    }
    [input, target] = [halve(input), halve(target)];
  }
  return models;
}

function halve({ height, width, channels }: ImageShape): ImageShape {
  return { height: halved(height), width: halved(width), channels };
}
