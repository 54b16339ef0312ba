/** Structural similarity (SSIM) of pictures, for losses and metrics. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { toPlanes } from "./planes.ts";

/** The constants of SSIM; the defaults are those of Wang et al. 2004, section III-C. */
export interface SimilarityOptions {
  /** Side of the window, pixels, odd. @default 11 */
  readonly window?: number;
  /** How its pixels count: most in the middle, or all alike. @default "gaussian" */
  readonly weights?: "gaussian" | "uniform";
  /** Standard deviation of the Gaussian, pixels. @default 1.5 */
  readonly deviation?: number;
  /** Variances as of a sample, n / (n - 1) times those of a population. @default false */
  readonly sampleCovariance?: boolean;
  /** From the least to the greatest value that pictures can have. @default 2 */
  readonly range?: number;
  /**
   * The value without any light, as SSIM compares luminances as shares of one another.
   * @default -1
   */
  readonly black?: number;
  /** Steadies the comparison of means, a share of the range. @default 0.01 */
  readonly k1?: number;
  /** Steadies the comparison of deviations, a share of the range. @default 0.03 */
  readonly k2?: number;
}

/** How alike two pictures are, 1 where they are equal; means over all windows. */
export interface Similarity {
  /** `[batch, channels]`: SSIM. */
  readonly similarity: Tensor2D;
  /** `[batch, channels]`: its factor of contrast and structure, without that of luminance. */
  readonly structure: Tensor2D;
}

/**
 * The structural similarity of two pictures (Wang et al. 2004, equation 13), over the windows that
 * lie within the pictures.
 *
 * As it stands TensorFlow's of pictures in 0…2, and scikit-image's with `gaussian_weights=True,
 * use_sample_covariance=False`; scikit-image's own default is `{ window: 7, weights: "uniform",
 * sampleCovariance: true }`. In single precision it is most exact of pictures around 0.
 *
 * Pictures are `[batch, height, width, channels]` in -1…1 unless the options say otherwise.
 *
 * @param a `[batch, height, width, channels]`.
 * @param b The same shape.
 * @throws {PairlabError} If the window does not fit into the pictures.
 * @throws {RangeError} If the window has no middle.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { structuralSimilarity } from "./ssim.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const picture = tf.randomUniform<tf.Rank.R4>([1, 16, 16, 1], -1, 1, "float32", 23);
 * const { similarity } = structuralSimilarity(picture, picture);
 * assertAlmostEquals(similarity.dataSync()[0] ?? NaN, 1, 1e-5);
 * ```
 */
export function structuralSimilarity(
  a: Tensor4D,
  b: Tensor4D,
  options: SimilarityOptions = {},
): Similarity {
  const { window = 11, deviation = 1.5, range = 2, black = -1, k1 = 0.01, k2 = 0.03 } = options;
  checkWindow(a, window);
  const taps = options.weights === "uniform" ? uniform(window) : gaussian(window, deviation);
  const corrected = (moment: Tensor): Tensor =>
    options.sampleCovariance ? tf.mul(moment, window ** 2 / (window ** 2 - 1)) : moment;
  const [batch, , , channels] = a.shape;
  const x = toPlanes(a), y = toPlanes(b);
  // One convolution of all five is several times as fast as five.
  const maps = tf.concat<Tensor4D>([x, y, tf.square(x), tf.square(y), tf.mul(x, y)], 0);
  const smooth = blur(maps, taps);
  const [meanX, meanY, meanXX, meanYY, meanXY] = tf.split(smooth, 5, 0) as Five;

  const c1 = (k1 * range) ** 2, c2 = (k2 * range) ** 2;
  const covariance = corrected(tf.sub(meanXY, tf.mul(meanX, meanY)));
  const squares = tf.add(tf.square(meanX), tf.square(meanY));
  const variances = corrected(tf.sub(tf.add(meanXX, meanYY), squares));
  const luminance = likeness(tf.sub(meanX, black), tf.sub(meanY, black), c1);
  const structure = tf.div(tf.add(tf.mul(covariance, 2), c2), tf.add(variances, c2));
  const mean = (map: Tensor): Tensor2D =>
    tf.reshape(tf.mean(map, [1, 2, 3]), [batch, channels]) as Tensor2D;
  return { similarity: mean(tf.mul(luminance, structure)), structure: mean(structure) };
}

type Five = [Tensor4D, Tensor4D, Tensor4D, Tensor4D, Tensor4D];

/** 1 where a and b are equal, less the more one is larger (equation 6 there). */
function likeness(a: Tensor, b: Tensor, steady: number): Tensor {
  return tf.div(
    tf.add(tf.mul(tf.mul(a, b), 2), steady),
    tf.add(tf.add(tf.square(a), tf.square(b)), steady),
  );
}

function uniform(size: number): number[] {
  return Array<number>(size).fill(1 / size);
}

/** A normalised Gaussian of `size` taps. */
function gaussian(size: number, deviation: number): number[] {
  const weights = Array.from(
    { length: size },
    (_, index) => Math.exp(-((index - (size - 1) / 2) ** 2) / (2 * deviation ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Convolves columns, then rows, of `[count, height, width, 1]` with the same taps. */
function blur(planes: Tensor4D, taps: number[]): Tensor4D {
  const columns = tf.tensor4d(taps, [taps.length, 1, 1, 1]);
  const rows = tf.tensor4d(taps, [1, taps.length, 1, 1]);
  return tf.conv2d(tf.conv2d(planes, columns, 1, "valid"), rows, 1, "valid");
}

function checkWindow({ shape: [, height, width] }: Tensor4D, window: number): void {
  if (!(Number.isInteger(window) && window % 2 === 1 && window > 0)) {
    throw new RangeError(
      `Cannot compare by SSIM in a window of ${window}: an odd number such as 11 would work`,
    );
  }
  if (height < window || width < window) {
    throw new PairlabError(
      `Cannot compare pictures of ${width}x${height} by SSIM: its window has ${window}x${window} pixels, larger pictures or a smaller odd window would work`,
    );
  }
}
