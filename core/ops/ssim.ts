/** Structural similarity (SSIM). */
import * as tf from "@tensorflow/tfjs";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { toPlanes } from "./planes.ts";

/** The constants of SSIM; the defaults are those of Wang et al. 2004, section III-C. */
export interface SimilarityOptions {
  /** Side of the window, pixels; odd. @default 11 */
  readonly window?: number;
  /** Weights of its pixels. @default "gaussian" */
  readonly weights?: "gaussian" | "uniform";
  /** Standard deviation of the Gaussian, pixels. @default 1.5 */
  readonly deviation?: number;
  /** Sample variances, n / (n - 1) times the population's. @default false */
  readonly sampleCovariance?: boolean;
  /** Difference of the greatest and least possible value. @default 2 */
  readonly range?: number;
  /** The value of black, since SSIM compares luminances relatively. @default -1 */
  readonly black?: number;
  /** Stabilises the comparison of means, as a share of the range. @default 0.01 */
  readonly k1?: number;
  /** Stabilises the comparison of deviations, as a share of the range. @default 0.03 */
  readonly k2?: number;
}

/** The similarity of two pictures, averaged over windows; 1 for equal pictures. */
export interface Similarity {
  /** `[batch, channels]`: SSIM. */
  readonly similarity: Tensor2D;
  /** `[batch, channels]`: its contrast-structure term, without luminance. */
  readonly structure: Tensor2D;
}

/**
 * The structural similarity of two pictures (Wang et al. 2004, equation 13), over windows inside the
 * pictures.
 *
 * By default TensorFlow's SSIM of pictures in 0…2, and scikit-image's with `gaussian_weights=True,
 * use_sample_covariance=False`; scikit-image's default is `{ window: 7, weights: "uniform",
 * sampleCovariance: true }`. Float32 is most exact for pictures around 0.
 *
 * Pictures are in -1…1 unless the options say otherwise.
 *
 * @param a `[batch, height, width, channels]`.
 * @param b The same shape.
 * @throws {PairlabError} If the pictures are smaller than the window.
 * @throws {RangeError} If the window is not odd.
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
  // One convolution of all five is several times faster than five.
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

/** The luminance term: 1 for equal a and b (equation 6). */
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
      `Cannot compute SSIM in a window of ${window}. Use an odd number, e.g. 11.`,
    );
  }
  if (height < window || width < window) {
    throw new PairlabError(
      `Cannot compute SSIM of pictures of ${width}x${height}: the window is ${window}x${window}. Use larger pictures or a smaller odd window.`,
    );
  }
}
