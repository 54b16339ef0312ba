import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { type FeatureExtractor, featureExtractor, type SetMetric } from "../../core/plugin.ts";
import { frechetDistance } from "./fid/frechet.ts";

/** Options of {@link fid}. */
export interface FidOptions {
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
 * Fréchet distance between Gaussians fitted to the features of all predictions and of all targets
 * (Heusel et al. 2017, equation 6). With the Inception network of its authors, which you supply, this
 * is the Fréchet Inception Distance. 0 where the sets are equal.
 *
 * It is biased by the number of pictures: use thousands, and compare only equal numbers and networks.
 * NaN of fewer than two pictures.
 *
 * @throws {PairlabError} When used, if the network lacks the layer, or does not take such pictures.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fid } from "./fid.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [tf.layers.globalAveragePooling2d({ inputShape: [4, 4, 3] })],
 * });
 * const target = tf.randomUniform<tf.Rank.R4>([8, 4, 4, 3], -1, 1, "float32", 23);
 * const set = fid({ network }).start();
 * // All of them brighter by 0.5, in three channels.
 * await set.add({ input: target, target, prediction: tf.add(target, 0.5) });
 * assertAlmostEquals(set.finish(), 3 * 0.5 ** 2, 1e-5);
 * ```
 */
export function fid(
  { network, layer, preprocess = (pictures) => pictures }: FidOptions,
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
    name: "fid",
    better: "lower",
    start: () => {
      const ofPredictions: Float32Array[] = [], ofTargets: Float32Array[] = [];
      return {
        add: async ({ prediction, target }) => {
          await add(ofPredictions, prediction);
          await add(ofTargets, target);
        },
        finish: () => ofTargets.length < 2 ? NaN : frechetDistance(ofPredictions, ofTargets),
      };
    },
  };
}

/** `[batch, channels]`. */
function meanOverPixels(features: Tensor): Tensor2D {
  const [batch, channels] = [features.shape[0]!, features.shape.at(-1)!];
  return tf.mean(tf.reshape(features, [batch, -1, channels]), 1);
}
