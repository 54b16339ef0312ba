import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Scalar, Tensor, Tensor4D } from "@tensorflow/tfjs";
import {
  absolute,
  type FeatureExtractor,
  featureExtractor,
  layerWeights,
  type Loss,
} from "../../core/plugin.ts";

/** Options of {@link perceptual}. */
export interface PerceptualOptions {
  /**
   * The network whose features are compared, or a function that loads it, called once before the
   * training. It takes one picture, and nothing here trains it.
   */
  readonly network: LayersModel | (() => LayersModel | Promise<LayersModel>);
  /** Names of the layers whose outputs are compared, or a weight for each by its name. */
  readonly layers: readonly string[] | Readonly<Record<string, number>>;
  /** What the sum is multiplied by. @default 10 (pix2pixHD) */
  readonly weight?: number;
  /** Compares features by absolute or by squared differences. @default "l1" */
  readonly distance?: "l1" | "l2";
  /**
   * Brings pictures `[batch, height, width, channels]` in -1…1 to what the network was trained on.
   * For the VGG networks of Keras, which take BGR in 0…255 less ImageNet's means:
   * `(x) => tf.sub(tf.mul(tf.add(tf.reverse(x, 3), 1), 127.5), [103.939, 116.779, 123.68])`.
   * @default as they are
   */
  readonly preprocess?: (pictures: Tensor4D) => Tensor4D;
}

/**
 * The perceptual loss (feature reconstruction, Johnson et al. 2016, equation 2; with absolute
 * differences and weighted layers as in pix2pixHD, Wang et al. 2018): the mean difference between
 * what layers of a trained network make of target and of fake, added up over the layers, times a
 * weight.
 *
 * No weights are fetched: `network` may be `() => loadNetwork("vgg/model.json")`, or one that
 * somebody has trained here. It is applied as in inference, and stays as it is: no gradient changes
 * it. Looks at no discriminator.
 *
 * @throws {PairlabError} If the network lacks a layer; when used, if it does not take such pictures.
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
          "Cannot compare features: the network is not loaded yet, to await prepare() before would work",
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
