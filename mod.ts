/**
 * Pairlab: paired image-to-image translation, pix2pix as the paper has it, every part replaceable.
 *
 * @module
 */
export * from "./core/plugin.ts";
export {
  type Choice,
  choice,
  type Experiment,
  experiment,
  type Parameters,
  type StandardParameters,
} from "./core/experiment.ts";
export { type Engine, type EngineChoice, startEngine } from "./core/backends/engine.ts";
export { type BeginOptions, beginRun, type ResumeOptions, resumeRun } from "./core/session.ts";
export { type Outcome, train } from "./core/train.ts";
export { loadPredictor, type Predictor } from "./core/predictor.ts";
export { receptiveField } from "./core/receptive_field.ts";
export { readSafetensors, writeSafetensors } from "./core/safetensors.ts";

export { jitter, type JitterOptions } from "./plugins/augment/jitter.ts";
export { checkpoint } from "./plugins/callbacks/checkpoint.ts";
export { every } from "./plugins/callbacks/every.ts";
export { progress } from "./plugins/callbacks/progress.ts";
export { samples, type SamplesOptions } from "./plugins/callbacks/samples.ts";
export { folderPairs, type FolderPairsOptions } from "./plugins/data/folder_pairs.ts";
export {
  syntheticFlowers,
  type SyntheticFlowersOptions,
} from "./plugins/data/synthetic_flowers.ts";
export { patchGan, type PatchGanOptions } from "./plugins/discriminators/patch_gan.ts";
export { unet, type UnetOptions } from "./plugins/generators/unet.ts";
export { batchNorm, type BatchNormOptions } from "./plugins/layers/batch_norm.ts";
export { convolution, transposedConvolution } from "./plugins/layers/convolution.ts";
export { dropout, type DropoutOptions } from "./plugins/layers/dropout.ts";
export { gan, type GanOptions } from "./plugins/losses/gan.ts";
export { l1, type L1Options } from "./plugins/losses/l1.ts";
export { adam, type AdamOptions } from "./plugins/optimizers/adam.ts";
