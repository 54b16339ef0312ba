/** Conversion between sRGB and CIE L*a*b*. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";

// sRGB to XYZ (IEC 61966-2-1, with scikit-image's digits), rows divided by the white point D65.
const RGB_TO_XYZ = [
  [0.412453, 0.357580, 0.180423].map((x) => x / 0.95047),
  [0.212671, 0.715160, 0.072169],
  [0.019334, 0.119193, 0.950227].map((z) => z / 1.08883),
];

/** Its inverse. */
const XYZ_TO_RGB = inverse(RGB_TO_XYZ);

/** Cube roots of X, Y and Z to L* + 16, a* and b*. */
const ROOTS_TO_LAB = [[0, 116, 0], [500, -500, 0], [0, 200, -200]];

/** Its inverse. */
const LAB_TO_ROOTS = [[1 / 116, 1 / 500, 0], [1 / 116, 0, 0], [1 / 116, 0, -1 / 200]];

/**
 * Converts sRGB to CIE L*a*b*, as scikit-image's `rgb2lab`: illuminant D65, 2° observer.
 *
 * @param pictures `[batch, height, width, 3]` in -1…1.
 * @returns `[batch, height, width, 3]`: L* (lightness) in 0…100, a* (green to red) and b* (blue to
 * yellow) in -110…110.
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
 * Converts CIE L*a*b* to sRGB, the inverse of {@link rgbToLab}; colours outside sRGB are clipped, as by
 * scikit-image's `lab2rgb`.
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
    // As scikit-image: Z is clipped first.
    const xyz = cube(tf.maximum(roots, [-Infinity, -Infinity, 0]));
    const values = tf.clipByValue(delinearise(multiply(XYZ_TO_RGB, xyz)), 0, 1);
    return tf.reshape(tf.sub(tf.mul(values, 2), 1), lab.shape);
  });
}

function checkColours({ shape: [, , , channels] }: Tensor4D): void {
  if (channels === 3) return;
  throw new PairlabError(
    `Cannot convert the colours of pictures of ${channels} channels. Use RGB, 3 channels.`,
  );
}

/** Multiplies each pixel's three values by a matrix: `[pixels, 3]`. */
function multiply(rows: readonly (readonly number[])[], values: tf.Tensor): Tensor2D {
  const matrix = tf.transpose(tf.tensor2d(rows.flat(), [3, 3]));
  return tf.matMul(tf.reshape<tf.Rank.R2>(values, [-1, 3]), matrix);
}

/** Linear light of sRGB values in 0…1. */
function linearise(values: tf.Tensor): tf.Tensor {
  return tf.where(
    tf.greater(values, 0.04045),
    tf.pow(tf.div(tf.add(values, 0.055), 1.055), 2.4),
    tf.div(values, 12.92),
  );
}

/** sRGB values of linear light. */
function delinearise(light: tf.Tensor): tf.Tensor {
  // The power is unused below the threshold, but must not be NaN there.
  return tf.where(
    tf.greater(light, 0.0031308),
    tf.sub(tf.mul(tf.pow(tf.maximum(light, 0), 1 / 2.4), 1.055), 0.055),
    tf.mul(light, 12.92),
  );
}

/** The cube root, linear near 0. */
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

/** The inverse of a 3x3 matrix by cofactors. */
function inverse(rows: readonly (readonly number[])[]): number[][] {
  const at = (row: number, column: number): number => rows[row % 3]![column % 3]!;
  const cofactor = (row: number, column: number): number =>
    at(row + 1, column + 1) * at(row + 2, column + 2) -
    at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, i) => sum + at(0, i) * cofactor(0, i), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
