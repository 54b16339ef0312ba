import * as tf from "@tensorflow/tfjs";
import type { Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { type Comparison, type Metric, rgbToLab, type SetMetric } from "../../core/plugin.ts";

/** A channel of L*a*b*: lightness, green–red, blue–yellow. */
export type LabChannel = "L" | "a" | "b";

/** Options of {@link labHistogramIntersection} and {@link labDistributionIntersection}. */
export interface LabHistogramOptions {
  /** The channel of CIE L*a*b* to compare. */
  readonly channel: LabChannel;
  /** Width of a bin; 0 is the centre of one. The paper does not state its own. @default 1 */
  readonly binWidth?: number;
}

/** Bounds of the channels' magnitudes over sRGB. */
const LARGEST = { L: 100, a: 100, b: 110 } as const;

/**
 * Intersection of the histograms of one channel of CIE L*a*b* of prediction and target (Swain and
 * Ballard 1991, equation 1), for each picture: the measure of the paper's Figure 7. 1 where the
 * histograms are equal, wherever the colours are.
 *
 * @throws {PairlabError} When used, if the pictures do not have three channels.
 * @throws {RangeError} If the width of a bin is not positive.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { labHistogramIntersection } from "./lab_histogram_intersection.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const target = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 3], -1, 1, "float32", 23);
 * const views = { input: target, target, prediction: tf.reverse4d(target, [1]) };
 * const values = labHistogramIntersection({ channel: "L" }).measure(views);
 * assertAlmostEquals(values.dataSync()[0] ?? NaN, 1, 1e-6);
 * ```
 */
export function labHistogramIntersection(
  { channel, binWidth = 1 }: LabHistogramOptions,
): Metric {
  checkWidth(binWidth);
  return {
    name: `lab-${channel}`,
    better: "higher",
    measure: ({ prediction, target }) => {
      const [a, b] = [prediction, target].map((picture) => histograms(picture, channel, binWidth));
      return tf.sum<Tensor1D>(tf.minimum(a!, b!), 1);
    },
  };
}

/**
 * {@link labHistogramIntersection} of all predictions and all targets together, as in the paper's
 * Figure 7.
 *
 * @throws {PairlabError} When used, if the pictures do not have three channels.
 * @throws {RangeError} If the width of a bin is not positive.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { labDistributionIntersection } from "./lab_histogram_intersection.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const target = tf.randomUniform<tf.Rank.R4>([2, 8, 8, 3], -1, 1, "float32", 23);
 * // The same pictures in another order: each differs, the sets do not.
 * const set = labDistributionIntersection({ channel: "a" }).start();
 * await set.add({ input: target, target, prediction: tf.reverse4d(target, [0]) });
 * assertAlmostEquals(set.finish(), 1, 1e-6);
 * ```
 */
export function labDistributionIntersection(
  { channel, binWidth = 1 }: LabHistogramOptions,
): SetMetric {
  checkWidth(binWidth);
  const add = async (sums: number[], pictures: Tensor4D): Promise<void> => {
    const histogram = tf.tidy(() => tf.sum(histograms(pictures, channel, binWidth), 0));
    (await histogram.data()).forEach((share, bin) => {
      sums[bin] = (sums[bin] ?? 0) + share;
    });
    histogram.dispose();
  };
  return {
    name: `lab-distribution-${channel}`,
    better: "higher",
    start: () => {
      const ofPredictions: number[] = [], ofTargets: number[] = [];
      let count = 0;
      return {
        add: async ({ prediction, target }: Comparison) => {
          count += target.shape[0];
          await add(ofPredictions, prediction);
          await add(ofTargets, target);
        },
        finish: () =>
          ofTargets.reduce((sum, share, bin) => sum + Math.min(share, ofPredictions[bin]!), 0) /
          count,
      };
    },
  };
}

/** One channel, `[batch, height * width]`. */
function labChannel(pictures: Tensor4D, channel: LabChannel): Tensor2D {
  const [batch, height, width] = pictures.shape;
  const values = tf.slice(rgbToLab(pictures), [0, 0, 0, "Lab".indexOf(channel)], [-1, -1, -1, 1]);
  return tf.reshape(values, [batch, height * width]);
}

/** The share of each picture's pixels in each bin, `[batch, bins]`. */
function histograms(pictures: Tensor4D, channel: LabChannel, binWidth: number): Tensor2D {
  const values = labChannel(pictures, channel);
  const [batch, pixels] = values.shape;
  const reach = Math.ceil(LARGEST[channel] / binWidth);
  const below = channel === "L" ? 0 : reach;
  const bins = below + reach + 1;
  const bin = tf.add(tf.round(tf.div(values, binWidth)), below);
  const first = tf.mul(tf.range(0, batch, 1), bins).expandDims(1);
  const places = tf.add(tf.clipByValue(bin, 0, bins - 1), first);
  const counts = tf.scatterND(
    tf.cast(tf.reshape(places, [batch * pixels, 1]), "int32"),
    tf.ones([batch * pixels]),
    [batch * bins],
  );
  return tf.div<Tensor2D>(tf.reshape(counts, [batch, bins]), pixels);
}

function checkWidth(binWidth: number): void {
  if (binWidth > 0) return;
  throw new RangeError(`Cannot make bins of the width ${binWidth}. Use a positive number, e.g. 1.`);
}
