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
import { buildNetwork, type LpipsNetwork, NETWORKS } from "./lpips/networks.ts";

/** Options of {@link lpips}. */
export interface LpipsOptions {
  /** The network whose features are compared. @default "alex", the authors' for evaluation */
  readonly network?: LpipsNetwork;
  /** The file of its weights. @default the one that `deno task import-weights` has written */
  readonly weights?: string;
}

// The authors' scaling layer: ImageNet's means and deviations for pictures in -1…1.
const SHIFT = [-0.030, -0.088, -0.188], SCALE = [0.458, 0.448, 0.450];

/**
 * LPIPS (Zhang et al. 2018, version 0.1), the learned perceptual distance, with the arithmetic of the
 * authors' package `lpips`: features of unit length, squared differences weighted by channel,
 * averaged over pixels, summed over layers. 0 for equal pictures.
 *
 * Values of different networks do not compare. Pictures have three channels.
 *
 * @throws {PairlabError} If the file cannot be read, or lacks a weight of the network.
 *
 * @example
 * ```ts
 * import { lpips } from "./lpips.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => lpips({ weights: "missing.safetensors" }), Error, "import-weights");
 * ```
 */
export function lpips(
  { network = "alex", weights = importedWeightsPath(`lpips-${network}`) }: LpipsOptions = {},
): Metric {
  const { features, channels } = NETWORKS[network];
  const read = NetworkWeights.read(`lpips-${network}`, weights);
  // The authors' linear layers, whose weights count channels.
  const linear = channels.map((count, index) => [
    ...read.get(`lin${index}.model.1.weight`, [1, count, 1, 1]),
  ]);
  let featuresOf: FeatureExtractor | undefined;
  return {
    name: `lpips-${network}`,
    better: "lower",
    measure: ({ prediction, target }) => {
      featuresOf ??= featureExtractor(buildNetwork(network, read), features);
      const scaled = (pictures: Tensor4D): Tensor4D => tf.div(tf.sub(pictures, SHIFT), SCALE);
      const ofPrediction = featuresOf(scaled(prediction)), ofTarget = featuresOf(scaled(target));
      return tf.addN(
        linear.map((each, index) => featureDistance(ofPrediction[index]!, ofTarget[index]!, each)),
      );
    },
  };
}
