import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import {
  deriveKey,
  type Discriminator,
  type ImageShape,
  messageOf,
  PairlabError,
  type TaskShape,
} from "../../core/plugin.ts";
import { averagePooling, halved } from "../layers/average_pooling.ts";
import { rebuild } from "../layers/rebuild.ts";
import { sizeInWords } from "../layers/sizes.ts";

/** Options of {@link multiScale}. */
export interface MultiScaleOptions {
  /** Judges each scale, with weights of its own, e.g. `patchGan({ features: true })`. */
  readonly discriminator: Discriminator;
  /** How many: the whole picture, half of it, a quarter, … @default 3 */
  readonly scales?: number;
}

/**
 * Several discriminators of one kind on several scales (Wang et al. 2018, section 3.2): each sees
 * the picture at half the size that the one before it sees, and so judges a larger part of it.
 *
 * Layers are named as the discriminator's, after `scale1_`, `scale2_`, …, the whole picture first.
 *
 * @returns A network from what the discriminator is given to the logits of every scale, then to the
 * features of every scale, where it offers any.
 * @throws {PairlabError} If the discriminator cannot take the smallest scale.
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
    throw new PairlabError(`Cannot judge ${scales} scales: a whole number of 1 or more would work`);
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
      const named = model.outputNames.map((name) => name.includes("logits"));
      outputs.forEach((output, which) =>
        (named[which] || !named.includes(true) ? logits : features).push(output)
      );
      model.dispose();
    });
    return tf.model({ inputs, outputs: [...logits, ...features], name: "multi_scale" });
  };
}

/** A discriminator for each scale, the whole picture's first. */
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
        `Cannot judge ${sizeInWords(shape.target)} on ${scales} scales, of which one is ${
          sizeInWords(target)
        }: ${scale === 2 ? "1 scale" : `${scale - 1} scales`} would work (${messageOf(error)})`,
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
