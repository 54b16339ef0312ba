/** Colour spaces of the networks: encoding pictures, decoding outputs. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { labToRgb, rgbToLab } from "../ops/mod.ts";
import type { Colours } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { toTensor } from "./tensors.ts";

/** The names of the colour spaces, as files record them. */
export const COLOURS = ["stored", "lab"] as const satisfies readonly Colours[];

/** Half of L*'s range, and a bound on |a*| and |b*| in sRGB (the paper's code). */
const HALF_OF_L = 50, MOST_OF_AB = 110;

/**
 * The shapes that the networks see of pictures of these shapes.
 *
 * @throws {PairlabError} If `colours` is "lab" and the pictures are not RGB.
 */
export function networkShape(pictures: TaskShape, colours: Colours = "stored"): TaskShape {
  if (colours === "stored") return pictures;
  const { input, target } = pictures;
  if (input.channels !== 3 || target.channels !== 3) {
    throw new PairlabError(
      `Cannot predict colours from lightness with pictures of ${input.channels} and ${target.channels} channels. Set channels: { input: 3, target: 3 }.`,
    );
  }
  return { input: { ...input, channels: 1 }, target: { ...target, channels: 2 } };
}

/** Pictures of one shape as G's input, `[batch, height, width, channels]` in -1…1. */
export function encodeInputs(pictures: readonly Picture[], colours: Colours = "stored"): Tensor4D {
  return tf.tidy(() => encodeInput(toTensor(pictures), colours));
}

/** {@link encodeInputs} of a batch in -1…1. */
export function encodeInput(batch: Tensor4D, colours: Colours = "stored"): Tensor4D {
  if (colours === "stored") return batch;
  const lightness = tf.slice(rgbToLab(batch), [0, 0, 0, 0], [-1, -1, -1, 1]);
  return tf.sub(tf.div(lightness, HALF_OF_L), 1);
}

/** Pictures of one shape as G's target, `[batch, height, width, channels]` in -1…1. */
export function encodeTargets(pictures: readonly Picture[], colours: Colours = "stored"): Tensor4D {
  if (colours === "stored") return toTensor(pictures);
  return tf.tidy(() =>
    tf.div(tf.slice(rgbToLab(toTensor(pictures)), [0, 0, 0, 1], [-1, -1, -1, 2]), MOST_OF_AB)
  );
}

/**
 * The pictures of G's output, `[batch, height, width, channels]` in -1…1.
 *
 * @param input G's input.
 * @returns A new tensor.
 */
export function decodeOutput(
  output: Tensor4D,
  input: Tensor4D,
  colours: Colours = "stored",
): Tensor4D {
  if (colours === "stored") return output.clone();
  return tf.tidy(() => {
    const lightness = tf.mul<Tensor4D>(tf.add(input, 1), HALF_OF_L);
    return labToRgb(tf.concat([lightness, tf.mul<Tensor4D>(output, MOST_OF_AB)], 3));
  });
}
