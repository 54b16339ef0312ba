/** Measures of the features that a network finds in all predictions and in all targets. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { type FeatureExtractor, featureExtractor, type SetMetric } from "../../../core/plugin.ts";

/** Whose features are compared. */
export interface FeatureOptions {
  /** The network whose features are compared. It takes one picture and is not trained. */
  readonly network: LayersModel;
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
 * @param distance Of the predictions' vectors to the targets', two or more of each.
 * @returns NaN of fewer than two pictures.
 */
export function featureDistance(
  name: string,
  { network, layer, preprocess = (pictures) => pictures }: FeatureOptions,
  distance: (predictions: readonly Float32Array[], targets: readonly Float32Array[]) => number,
): SetMetric {
  let featuresOf: FeatureExtractor | undefined;
  const add = async (vectors: Float32Array[], pictures: Tensor4D): Promise<void> => {
    const features = tf.tidy(() => {
      featuresOf ??= featureExtractor(network, [layer ?? network.layers.at(-1)!.name]);
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

/** `[batch, channels]`. */
function meanOverPixels(features: Tensor): Tensor2D {
  const [batch, channels] = [features.shape[0]!, features.shape.at(-1)!];
  return tf.mean(tf.reshape(features, [batch, -1, channels]), 1);
}
