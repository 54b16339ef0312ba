/**
 * Ops that tfjs lacks, for every engine, and arithmetic that plug-ins share.
 *
 * @module
 */
import "./rectifier_gradients.ts";
import "./second_order.ts";

export { absolute } from "./absolute.ts";
export { type AdamStep, type AdamVariables, applyAdam } from "./adam.ts";
export { batchNormTraining, type NormalisedBatch } from "./batch_norm.ts";
export { checkWeights } from "./check_weights.ts";
export { featureDistance } from "./feature_distance.ts";
export { labToRgb, rgbToLab } from "./lab.ts";
export { luminance } from "./luminance.ts";
export {
  checkExponents,
  fittingScales,
  MULTI_SCALE_EXPONENTS,
  type MultiScaleOptions,
  multiScaleSimilarity,
} from "./multi_scale_ssim.ts";
export { pictureMeans } from "./picture_means.ts";
export { toPlanes } from "./planes.ts";
export { meanOverScales } from "./scales.ts";
export { type Similarity, type SimilarityOptions, structuralSimilarity } from "./ssim.ts";
export { statelessNormal, statelessUniform } from "./stateless_random.ts";
export { stopGradient } from "./stop_gradient.ts";
