import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import {
  featureDistance,
  type FeatureExtractor,
  featureExtractor,
  layerWeights,
  type Metric,
} from "../../core/plugin.ts";

/** Options of {@link perceptualDistance}. */
export interface PerceptualDistanceOptions {
  /** The network whose features are compared. It takes one picture and is not trained. */
  readonly network: LayersModel;
  /**
   * Names of the layers whose outputs `[batch, …, channels]` are compared, or weights by name: one for
   * the layer, or one for each of its channels (the learned ones of LPIPS).
   */
  readonly layers: readonly string[] | Readonly<Record<string, number | readonly number[]>>;
  /**
   * Converts pictures `[batch, height, width, channels]` in -1…1 to the network's input. For the VGG
   * networks of Keras, which take BGR in 0…255 less ImageNet's means:
   * `(x) => tf.sub(tf.mul(tf.add(tf.reverse(x, 3), 1), 127.5), [103.939, 116.779, 123.68])`.
   * @default as they are
   */
  readonly preprocess?: (pictures: Tensor4D) => Tensor4D;
}

/**
 * Perceptual distance of a trained network's features (Zhang et al. 2018, equation 1; LPIPS is its
 * learned form): each pixel's channels are scaled to length 1, squared differences are summed over
 * channels, averaged over pixels and summed over layers. 0 where prediction and target are equal.
 *
 * Pairlab comes without weights: load a network with `loadNetwork`, or use one that a run has trained.
 * Values of different networks do not compare.
 *
 * @throws {PairlabError} When used, if the network lacks a layer, or does not take such pictures.
 * @throws {RangeError} If `layers` is empty.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { perceptualDistance } from "./perceptual_distance.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.averagePooling2d({ poolSize: 4, inputShape: [8, 8, 3], name: "mean" })],
 * });
 * const red = tf.tile(tf.tensor4d([1, 0, 0], [1, 1, 1, 3]), [1, 8, 8, 1]);
 * const green = tf.tile(tf.tensor4d([0, 1, 0], [1, 1, 1, 3]), [1, 8, 8, 1]);
 * const metric = perceptualDistance({ network, layers: ["mean"] });
 * const values = metric.measure({ input: red, target: red, prediction: green });
 * assertAlmostEquals(values.dataSync()[0] ?? NaN, 2, 1e-5);
 * ```
 */
export function perceptualDistance(
  { network, layers, preprocess = (pictures) => pictures }: PerceptualDistanceOptions,
): Metric {
  const weights = layerWeights(layers);
  let featuresOf: FeatureExtractor | undefined;
  return {
    name: "perceptual",
    better: "lower",
    measure: ({ prediction, target }) => {
      featuresOf ??= featureExtractor(network, [...weights.keys()]);
      const ofPrediction = featuresOf(preprocess(prediction));
      const ofTarget = featuresOf(preprocess(target));
      const terms = [...weights.values()].map((weight, index) =>
        featureDistance(ofPrediction[index]!, ofTarget[index]!, weight)
      );
      return tf.addN(terms);
    },
  };
}
