/** Colours as people see them: CIE L*a*b*, and back. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";

// sRGB to XYZ (IEC 61966-2-1, as scikit-image rounds it), each row divided by the white point D65.
const RGB_TO_XYZ = [
  [0.412453, 0.357580, 0.180423].map((x) => x / 0.95047),
  [0.212671, 0.715160, 0.072169],
  [0.019334, 0.119193, 0.950227].map((z) => z / 1.08883),
];

/** The inverse of the above, by rows. */
const XYZ_TO_RGB = inverse(RGB_TO_XYZ);

/** L*, a* and b* of the cube roots of X, Y and Z, by rows; L* is 16 less. */
const ROOTS_TO_LAB = [[0, 116, 0], [500, -500, 0], [0, 200, -200]];

/** And back, with L* 16 more. */
const LAB_TO_ROOTS = [[1 / 116, 1 / 500, 0], [1 / 116, 0, 0], [1 / 116, 0, -1 / 200]];

/**
 * CIE L*a*b* of sRGB pictures, as scikit-image's `rgb2lab` has it: illuminant D65, the observer of 2
 * degrees.
 *
 * @param pictures `[batch, height, width, 3]` in -1…1.
 * @returns `[batch, height, width, 3]`: L* (lightness) in 0…100, a* (green to red) and b* (blue to
 * yellow) around 0, never beyond 110.
 * @throws {PairlabError} If the pictures do not have three channels.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { rgbToLab } from "./lab.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const red = tf.tensor4d([1, -1, -1], [1, 1, 1, 3]);
 * const [L, a, b] = rgbToLab(red).dataSync();
 * [L, a, b].forEach((value, i) => assertAlmostEquals(value ?? NaN, [53.24, 80.09, 67.2][i] ?? 0, 0.01));
 * ```
 */
export function rgbToLab(pictures: Tensor4D): Tensor4D {
  checkColours(pictures);
  return tf.tidy(() => {
    const linear = linearise(tf.div(tf.add(pictures, 1), 2));
    const roots = cubeRoot(multiply(RGB_TO_XYZ, linear));
    return tf.reshape(tf.sub(multiply(ROOTS_TO_LAB, roots), [16, 0, 0]), pictures.shape);
  });
}

/**
 * sRGB pictures of CIE L*a*b*, the inverse of {@link rgbToLab}; colours that sRGB does not have are
 * clipped, as by scikit-image's `lab2rgb`.
 *
 * @param lab `[batch, height, width, 3]`: L* in 0…100, a* and b* around 0.
 * @returns `[batch, height, width, 3]` in -1…1.
 * @throws {PairlabError} If there are not three channels.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { labToRgb } from "./lab.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const white = labToRgb(tf.tensor4d([100, 0, 0], [1, 1, 1, 3]));
 * for (const value of white.dataSync()) assertAlmostEquals(value, 1, 1e-4);
 * ```
 */
export function labToRgb(lab: Tensor4D): Tensor4D {
  checkColours(lab);
  return tf.tidy(() => {
    const roots = multiply(LAB_TO_ROOTS, tf.add(lab, [16, 0, 0]));
    // As in scikit-image: where there is no such colour, Z is held before the others are clipped.
    const xyz = cube(tf.maximum(roots, [-Infinity, -Infinity, 0]));
    const values = tf.clipByValue(delinearise(multiply(XYZ_TO_RGB, xyz)), 0, 1);
    return tf.reshape(tf.sub(tf.mul(values, 2), 1), lab.shape);
  });
}

function checkColours({ shape: [, , , channels] }: Tensor4D): void {
  if (channels === 3) return;
  throw new PairlabError(
    `Cannot tell the colours of pictures of ${channels} channels: RGB, 3, would work`,
  );
}

/** Each pixel's three values, multiplied by a matrix from the left: `[pixels, 3]`. */
function multiply(rows: readonly (readonly number[])[], values: tf.Tensor): Tensor2D {
  const matrix = tf.transpose(tf.tensor2d(rows.flat(), [3, 3]));
  return tf.matMul(tf.reshape<tf.Rank.R2>(values, [-1, 3]), matrix);
}

/** The light behind the values of sRGB in 0…1. */
function linearise(values: tf.Tensor): tf.Tensor {
  return tf.where(
    tf.greater(values, 0.04045),
    tf.pow(tf.div(tf.add(values, 0.055), 1.055), 2.4),
    tf.div(values, 12.92),
  );
}

/** The values of sRGB for light. */
function delinearise(light: tf.Tensor): tf.Tensor {
  // Below the threshold the power is not looked at, but of a negative number it would be none.
  return tf.where(
    tf.greater(light, 0.0031308),
    tf.sub(tf.mul(tf.pow(tf.maximum(light, 0), 1 / 2.4), 1.055), 0.055),
    tf.mul(light, 12.92),
  );
}

/** The cube root, straight near 0. */
function cubeRoot(values: tf.Tensor): tf.Tensor {
  return tf.where(
    tf.greater(values, 0.008856),
    tf.pow(values, 1 / 3),
    tf.add(tf.mul(values, 7.787), 16 / 116),
  );
}

/** The inverse of {@link cubeRoot}, with scikit-image's threshold. */
function cube(roots: tf.Tensor): tf.Tensor {
  return tf.where(
    tf.greater(roots, 0.2068966),
    tf.mul(roots, tf.square(roots)),
    tf.div(tf.sub(roots, 16 / 116), 7.787),
  );
}

/** Of three rows of three, by cofactors. */
function inverse(rows: readonly (readonly number[])[]): number[][] {
  const at = (row: number, column: number): number => rows[row % 3]![column % 3]!;
  const cofactor = (row: number, column: number): number =>
    at(row + 1, column + 1) * at(row + 2, column + 2) -
    at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, i) => sum + at(0, i) * cofactor(0, i), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
