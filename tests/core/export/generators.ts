/** The generators whose exports are tested: every kind of layer that Pairlab has. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { UnetSettings } from "../../../core/export/foreign_unet.ts";
import type { ExportedGenerator } from "../../../core/export/generator.ts";
import type { Generator, InferenceMode } from "../../../core/plugin.ts";
import {
  attentionUnet,
  batchNorm,
  encoderDecoder,
  groupNorm,
  identity,
  instanceNorm,
  nafnet,
  pix2pixHd,
  resizeUpsampling,
  resnet,
  subPixelUpsampling,
  unet,
} from "../../../mod.ts";

/** Generators by what is particular about them; they halve a picture of 32x32 at most five times. */
export const GENERATORS: Readonly<Record<string, Generator>> = {
  "the U-Net": unet({ filters: [4, 6, 8, 8] }),
  "the notebook's U-Net": unet({ filters: [4, 6, 8], innermostNorm: true, reluOnSkips: false }),
  "nearest upsampling": unet({ filters: [4, 6], upsample: resizeUpsampling() }),
  "bilinear upsampling": unet({
    filters: [4, 6],
    upsample: resizeUpsampling({ interpolation: "bilinear" }),
  }),
  "sub-pixel upsampling": unet({ filters: [4, 6], upsample: subPixelUpsampling() }),
  "instance norm": unet({ filters: [4, 6, 8], norm: instanceNorm({ affine: true }) }),
  "group norm": unet({ filters: [4, 8], norm: groupNorm({ groups: 2 }) }),
  "the encoder-decoder": encoderDecoder({ filters: [4, 6, 8] }),
  "the ResNet, reflection padding": resnet({ blocks: 1, filters: 4 }),
  "pix2pixHD": pix2pixHd({ filters: 2, halvings: 2, blocks: 1 }),
  "NAFNet": nafnet({ filters: 2, encoder: [1], middle: 1, decoder: [1] }),
  "the attention U-Net": attentionUnet({ filters: [4, 6] }),
  "no layer at all": identity(),
};

/** Builds a generator for pictures of 32x32; its moving statistics are not those of the beginning. */
export function build(
  generator: Generator,
  mode: InferenceMode,
  colours: "stored" | "lab" = "stored",
): ExportedGenerator {
  const picture = { height: 32, width: 32, channels: 3 };
  const seen = colours === "lab"
    ? { input: { ...picture, channels: 1 }, target: { ...picture, channels: 2 } }
    : { input: picture, target: picture };
  const model = generator(seen, 23);
  for (const weight of model.weights) {
    if (!weight.originalName.includes("moving_")) continue;
    const values = tf.randomUniform(weight.shape as number[], 0.5, 1.5, "float32", 7);
    weight.write(values);
    values.dispose();
  }
  const shape = { input: picture, target: picture };
  return { model, description: { shape, resize: "cubic", fit: "resize", colours, step: 0 }, mode };
}

/** The sizes on which exports are compared: the network's own, larger, oblong, several at once. */
export const SIZES: readonly (readonly [batch: number, height: number, width: number])[] = [
  [1, 32, 32],
  [1, 64, 96],
  [2, 32, 64],
];

/** Levels of 0…255 that look like noise; always the same. */
export function levels([batch, height, width]: readonly [number, number, number]): Tensor4D {
  const values = tf.randomUniform([batch, height, width, 3], 0, 255, "float32", 11);
  return values as Tensor4D;
}

/** The largest difference between an export and a function, each picture of the batch by itself. */
export async function differenceOf(
  exported: (levels: Tensor4D) => Promise<Float32Array>,
  original: (levels: Tensor4D) => Tensor4D,
  input: Tensor4D,
): Promise<number> {
  const single = tf.unstack(input).map((picture) => original(tf.expandDims(picture)));
  const expected = await tf.concat(single).data();
  const found = await exported(input);
  if (found.length !== expected.length) return NaN;
  return Math.max(...found.map((value, index) => Math.abs(value - expected[index]!)));
}

/** A U-Net from elsewhere, as `deno task import` builds it. */
export function buildUnet({ epsilon, ...settings }: UnetSettings): Generator {
  return unet({ ...settings, norm: batchNorm({ epsilon }) });
}

/** Levels of the picture `[64, 128, 3]` that Keras has translated, see `make_keras.py`. */
export function kerasPicture(): Uint8Array {
  return Uint8Array.from(
    { length: 64 * 128 * 3 },
    (_, index) => index * 37 + Math.floor(index / 7) * 11,
  );
}
