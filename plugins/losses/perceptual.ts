import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import {
  absolute,
  checkWeights,
  type FeatureExtractor,
  featureExtractor,
  layerWeights,
  type Loss,
} from "../../core/plugin.ts";

/** Options of {@link perceptual}. */
export interface PerceptualOptions {
  /**
   * The network whose features are compared, of one input, or a function that loads it, called once
   * before training. It is not trained.
   */
  readonly network: LayersModel | (() => LayersModel | Promise<LayersModel>);
  /** Layers whose outputs are compared: names, or weights by name. */
  readonly layers: readonly string[] | Readonly<Record<string, number>>;
  /** Factor of the sum. @default 10 (pix2pixHD) */
  readonly weight?: number;
  /** Absolute or squared differences. @default "l1" */
  readonly distance?: "l1" | "l2";
  /**
   * Converts pictures `[batch, height, width, channels]` in -1…1 to the network's input. For Keras'
   * VGG networks, which take BGR in 0…255 minus ImageNet's means:
   * `(x) => tf.sub(tf.mul(tf.add(tf.reverse(x, 3), 1), 127.5), [103.939, 116.779, 123.68])`.
   * @default no conversion
   */
  readonly preprocess?: (pictures: Tensor4D) => Tensor4D;
}

/**
 * The perceptual loss: the mean difference between features of target and fake in a trained network,
 * summed over layers, times a weight (feature reconstruction, Johnson et al. 2016, equation 2; with
 * absolute differences and weighted layers as in pix2pixHD, Wang et al. 2018).
 *
 * No weights are downloaded: pass e.g. `() => loadNetwork("vgg/model.json")`, or a network that was
 * trained here. It is applied in inference mode and not changed. Needs no discriminator.
 *
 * @throws {PairlabError} If the network lacks a layer; when used, if the pictures do not fit it.
 * @throws {RangeError} If no layer is named.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import type { Views } from "../../core/plugin.ts";
 * import { perceptual } from "./perceptual.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const network = tf.sequential({
 *   layers: [
 *     tf.layers.averagePooling2d({ poolSize: 8, inputShape: [8, 8, 3], name: "mean" }),
 *     tf.layers.flatten({ name: "flat" }),
 *   ],
 * });
 * const views = { target: tf.ones([1, 8, 8, 3]), fake: tf.zeros([1, 8, 8, 3]) } as Views;
 * const loss = perceptual({ network, layers: { mean: 0.5, flat: 1 }, weight: 2 });
 * assertAlmostEquals(loss.generator?.(views).dataSync()[0] ?? NaN, 2 * (0.5 + 1), 1e-5);
 * ```
 */
export function perceptual(
  { network, layers, weight = 10, distance = "l1", preprocess = (pictures) => pictures }:
    PerceptualOptions,
): Loss {
  checkWeights("perceptual", { weight });
  const weights = layerWeights(layers);
  const compare = distance === "l1" ? absolute<Tensor> : (x: Tensor): Tensor => tf.square(x);
  const names = [...weights.keys()];
  let featuresOf: FeatureExtractor | undefined = typeof network === "function"
    ? undefined
    : featureExtractor(network, names);
  return {
    prepare: async () => {
      if (typeof network === "function") featuresOf = featureExtractor(await network(), names);
    },
    generator: ({ target, fake }) => {
      if (featuresOf === undefined) {
        throw new TypeError(
          "Cannot compare features: the network is not loaded. Await prepare() first.",
        );
      }
      const ofTarget = featuresOf(preprocess(target));
      const ofFake = featuresOf(preprocess(fake));
      const terms = [...weights.values()].map((share, index) =>
        tf.mul<Scalar>(tf.mean(compare(tf.sub(ofTarget[index]!, ofFake[index]!))), share)
      );
      return tf.mul(tf.addN(terms), weight);
    },
  };
}
