/**
 * Ops that tfjs lacks, on every engine.
 *
 * @module
 */
export { batchNormTraining, type NormalisedBatch } from "./batch_norm.ts";
export { statelessNormal, statelessUniform } from "./stateless_random.ts";
