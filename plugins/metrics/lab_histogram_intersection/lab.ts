/** Colours as people see them: CIE L*a*b*. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../../../core/plugin.ts";

/** A channel of L*a*b*: lightness, green to red, blue to yellow. */
export type LabChannel = "L" | "a" | "b";

// sRGB to XYZ (IEC 61966-2-1, as scikit-image rounds it), each row divided by the white point D65.
const RGB_TO_XYZ = [
  [0.412453, 0.357580, 0.180423].map((x) => x / 0.95047),
  [0.212671, 0.715160, 0.072169],
  [0.019334, 0.119193, 0.950227].map((z) => z / 1.08883),
];

/**
 * One channel of L*a*b* of sRGB pictures, as scikit-image's `rgb2lab` has it: illuminant D65, the
 * observer of 2 degrees.
 *
 * @param pictures `[batch, height, width, 3]` in -1…1.
 * @returns `[batch, height * width]`: L in 0…100, a and b around 0.
 * @throws {PairlabError} If the pictures do not have three channels.
 */
export function labChannel(pictures: Tensor4D, channel: LabChannel): Tensor2D {
  const [batch, height, width, channels] = pictures.shape;
  if (channels !== 3) {
    throw new PairlabError(
      `Cannot compare the colours of pictures of ${channels} channels: RGB, 3, would work`,
    );
  }
  const linear = linearise(tf.div<Tensor4D>(tf.add(pictures, 1), 2));
  const matrix = tf.transpose(tf.tensor2d(RGB_TO_XYZ, [3, 3]));
  const xyz = tf.matMul(tf.reshape(linear, [-1, 3]), matrix);
  const [x, y, z] = tf.split(cubeRoot(xyz as Tensor2D), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
  const values = {
    L: () => tf.sub(tf.mul(y, 116), 16),
    a: () => tf.mul(tf.sub(x, y), 500),
    b: () => tf.mul(tf.sub(y, z), 200),
  }[channel]();
  return tf.reshape(values, [batch, height * width]);
}

/** The light behind the values of sRGB in 0…1. */
function linearise(values: Tensor4D): Tensor4D {
  return tf.where(
    tf.greater(values, 0.04045),
    tf.pow(tf.div(tf.add(values, 0.055), 1.055), 2.4),
    tf.div(values, 12.92),
  );
}

/** The cube root, straight near 0. */
function cubeRoot(values: Tensor2D): Tensor2D {
  return tf.where(
    tf.greater(values, 0.008856),
    tf.pow(values, 1 / 3),
    tf.add(tf.mul(values, 7.787), 16 / 116),
  );
}
