/** Measures of the features that a network finds in all predictions and in all targets. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { SetMetric } from "../interfaces/metrics.ts";
import { type FeatureExtractor, featureExtractor } from "./pretrained.ts";

/** Whose features are compared. */
export interface FeatureOptions {
  /**
   * The network whose features are compared, or what makes it when it is needed. It takes one picture
   * and is not trained.
   */
  readonly network: LayersModel | (() => LayersModel);
  /** The layer whose output is compared, averaged over pixels if it has any. @default the last */
  readonly layer?: string;
  /**
   * Converts pictures `[batch, height, width, channels]` in -1…1 to the network's input, its size
   * included. @default as they are
   */
  readonly preprocess?: (pictures: Tensor4D) => Tensor4D;
}

/**
 * A measure of two sets of features, the lower the better.
 *
 * @param name Names it on the command line and in tables.
 * @param distance Of the predictions' vectors to the targets', two or more of each.
 * @returns A measure that is NaN of fewer than two pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { featureMetric } from "./feature_metric.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.globalAveragePooling2d({ inputShape: [2, 2, 1] })],
 * });
 * const first = (vectors: readonly Float32Array[]) => vectors[0]?.[0] ?? NaN;
 * const set = featureMetric("first", { network }, (a, b) => first(a) - first(b)).start();
 * const target = tf.zeros<tf.Rank.R4>([2, 2, 2, 1]);
 * await set.add({ input: target, target, prediction: tf.onesLike(target) });
 * assertEquals(set.finish(), 1);
 * ```
 */
export function featureMetric(
  name: string,
  { network, layer, preprocess = (pictures) => pictures }: FeatureOptions,
  distance: (predictions: readonly Float32Array[], targets: readonly Float32Array[]) => number,
): SetMetric {
  let featuresOf: FeatureExtractor | undefined;
  const add = async (vectors: Float32Array[], pictures: Tensor4D): Promise<void> => {
    const features = tf.tidy(() => {
      featuresOf ??= featuresOfLayer(typeof network === "function" ? network() : network, layer);
      return meanOverPixels(featuresOf(preprocess(pictures))[0]!);
    });
    const values = await features.data<"float32">();
    const [count, length] = features.shape;
    for (let i = 0; i < count; i++) vectors.push(values.slice(i * length, (i + 1) * length));
    features.dispose();
  };
  return {
    name,
    better: "lower",
    start: () => {
      const ofPredictions: Float32Array[] = [], ofTargets: Float32Array[] = [];
      return {
        add: async ({ prediction, target }) => {
          await add(ofPredictions, prediction);
          await add(ofTargets, target);
        },
        finish: () => ofTargets.length < 2 ? NaN : distance(ofPredictions, ofTargets),
      };
    },
  };
}

function featuresOfLayer(network: LayersModel, layer?: string): FeatureExtractor {
  return featureExtractor(network, [layer ?? network.layers.at(-1)!.name]);
}

/** `[batch, channels]`. */
function meanOverPixels(features: Tensor): Tensor2D {
  const [batch, channels] = [features.shape[0]!, features.shape.at(-1)!];
  return tf.mean(tf.reshape(features, [batch, -1, channels]), 1);
}
