import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { type FeatureOptions, importedWeightsPath, NetworkWeights } from "../../core/plugin.ts";
import { buildInception } from "./inception_features/network.ts";

/** Options of {@link inceptionFeatures}. */
export interface InceptionFeaturesOptions {
  /** The file of its weights. @default the one that `deno task import-weights` has written */
  readonly weights?: string;
}

/**
 * The 2048 features of the Inception network of FID's authors (Heusel et al. 2017), with the
 * arithmetic of the package `pytorch-fid`: pictures are resized to 299x299, bilinearly and without
 * smoothing, and features are averaged over pixels. For `fid` and `kid`: `fid(inceptionFeatures())`.
 *
 * @throws {PairlabError} If the file cannot be read; when used, if it lacks a weight.
 *
 * @example
 * ```ts
 * import { inceptionFeatures } from "./inception_features.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => inceptionFeatures({ weights: "no.safetensors" }), Error, "import-weights");
 * ```
 */
export function inceptionFeatures(
  { weights = importedWeightsPath("inception") }: InceptionFeaturesOptions = {},
): FeatureOptions {
  const read = NetworkWeights.read("inception", weights);
  return {
    network: () => buildInception(read),
    preprocess: (pictures: Tensor4D) => tf.image.resizeBilinear(pictures, [299, 299], false, true),
  };
}
