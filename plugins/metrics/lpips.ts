import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Tensor4D } from "@tensorflow/tfjs";
import {
  featureDistance,
  type FeatureExtractor,
  featureExtractor,
  type Metric,
  PairlabError,
  parseSafetensors,
  type StoredTensor,
} from "../../core/plugin.ts";
import { buildNetwork, type LpipsNetwork, NETWORKS } from "./lpips/networks.ts";

/** Options of {@link lpips}. */
export interface LpipsOptions {
  /** The network whose features are compared. @default "alex", the authors' for evaluation */
  readonly network?: LpipsNetwork;
  /**
   * The file of its weights, which `deno task import-weights` makes of torchvision's and the authors'
   * files.
   */
  readonly weights: string;
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
export function lpips({ network = "alex", weights }: LpipsOptions): Metric {
  const { features } = NETWORKS[network];
  const tensors = readWeights(weights, network);
  // The authors' linear layers, whose weights count channels.
  const linear = features.map((_, index) => [
    ...weightOf(tensors, `lin${index}.model.1.weight`, weights, network).values,
  ]);
  let featuresOf: FeatureExtractor | undefined;
  const build = (): FeatureExtractor => {
    const model: LayersModel = buildNetwork(
      network,
      (name) => weightOf(tensors, name, weights, network),
    );
    return featureExtractor(model, features);
  };
  return {
    name: `lpips-${network}`,
    better: "lower",
    measure: ({ prediction, target }) => {
      featuresOf ??= build();
      const scaled = (pictures: Tensor4D): Tensor4D => tf.div(tf.sub(pictures, SHIFT), SCALE);
      const ofPrediction = featuresOf(scaled(prediction)), ofTarget = featuresOf(scaled(target));
      return tf.addN(
        linear.map((each, index) => featureDistance(ofPrediction[index]!, ofTarget[index]!, each)),
      );
    },
  };
}

const HOW = (network: LpipsNetwork): string =>
  `Make it by: deno task import-weights ${
    NETWORKS[network].file
  } ${network}.pth --out=FILE.safetensors`;

function readWeights(path: string, network: LpipsNetwork): Map<string, StoredTensor> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    throw new PairlabError(`Cannot read the weights of LPIPS in "${path}". ${HOW(network)}`, {
      cause: error,
    });
  }
  return parseSafetensors(path, bytes).tensors;
}

function weightOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  name: string,
  path: string,
  network: LpipsNetwork,
): StoredTensor {
  const tensor = tensors.get(name);
  if (tensor !== undefined) return tensor;
  throw new PairlabError(
    `Cannot compute LPIPS with "${network}": "${path}" has no "${name}". ${HOW(network)}`,
  );
}
