/**
 * Pairlab: paired image-to-image translation, pix2pix as the paper has it, every part replaceable.
 *
 * @module
 */
// The interfaces that plug-ins implement.
export type {
  AttachedLauncher,
  Augment,
  AverageOptions,
  Better,
  Callback,
  CellEnd,
  Colours,
  Comparison,
  Dataset,
  DataSource,
  Degradation,
  Degraded,
  DetachedLauncher,
  Discriminator,
  EpochReport,
  Fit,
  FreezeOptions,
  Generator,
  ImageShape,
  InferenceMode,
  Json,
  Judgement,
  Launch,
  LaunchedCell,
  Launcher,
  Loss,
  Metric,
  MetricDescription,
  Mode,
  OpenedData,
  Optimizer,
  Pair,
  Pending,
  Picture,
  Progress,
  Rate,
  RecordReport,
  ReplayOptions,
  ResizeKernel,
  Schedule,
  SetMeasurement,
  SetMetric,
  StepReport,
  SweepWatch,
  TaskShape,
  TrainingRun,
  UpdateOrder,
  UpdateRule,
  Views,
  Wiring,
} from "./core/plugin.ts";

// Tools for plug-ins of your own.
export {
  absolute,
  blurPicture,
  CELL_STATUS,
  checkRange,
  checkSplitOptions,
  collectFaults,
  convolvePicture,
  cropPicture,
  datasetOf,
  type DecodeOptions,
  decodePicture,
  defocusPicture,
  deriveKey,
  drawEdges,
  drawFrom,
  drawWhole,
  type EdgeOptions,
  type EncodeOptions,
  encodePicture,
  type Faults,
  type FeatureExtractor,
  featureExtractor,
  fingerprintOf,
  type FitOptions,
  fitToSize,
  type FolderContents,
  type FolderLayout,
  folderSource,
  type FolderSourceOptions,
  greyPicture,
  layerWeights,
  type LayerWindow,
  type Levels,
  lightnessPicture,
  listPictures,
  loadNetwork,
  luminance,
  messageOf,
  mirrorPicture,
  namedState,
  type PairFiles,
  PairlabError,
  type PictureFile,
  type PictureFolder,
  pictureMeans,
  type Random,
  randomStream,
  type Range,
  type RangeLimits,
  type ReadOptions,
  type Rectangle,
  resizePicture,
  rotatePicture,
  runProcesses,
  type Similarity,
  type SimilarityOptions,
  type Size,
  splitAtRandom,
  type SplitOptions,
  splitPairs,
  statelessNormal,
  statelessUniform,
  structuralSimilarity,
  type Tap,
  turnPicture,
  writePicture,
  zerosFor,
} from "./core/plugin.ts";

// Experiments: written, trained, used, measured.
export { type Experiment, experiment } from "./core/experiment/experiment.ts";
export {
  type Choice,
  choice,
  type DeclaredParameters,
  type GivenParameters,
  type Parameter,
  type Parameters,
  type ParameterValue,
  type ParameterValues,
  type StandardParameters,
  type ValueOf,
} from "./core/experiment/parameters.ts";
export { type Variant, vary, type WiringChanges } from "./core/experiment/vary.ts";
export { type Ablation, ablation, type AblationOptions } from "./core/ablate/ablation.ts";
export type { CompileMode } from "./core/backends/compile.ts";
export {
  type Engine,
  type EngineChoice,
  type EngineName,
  startEngine,
  type StartOptions,
} from "./core/backends/engine.ts";
export type { Interval } from "./core/train/autosave.ts";
export type { NotFinitePolicy } from "./core/runs/run_folder.ts";
export { type BeginOptions, beginRun, type ResumeOptions, resumeRun } from "./core/train/start.ts";
export { type Outcome, train } from "./core/train/train.ts";
export type { Training } from "./core/train/training.ts";
export type { GeneratorDescription } from "./core/predict/predict.ts";
export { type LoadOptions, loadPredictor, type Predictor } from "./core/predict/predictor.ts";
export { layTiles, type Tiling } from "./core/predict/tiles/layout.ts";
export type { Seams, TiledOptions, TiledPrediction } from "./core/predict/tiles/predict_tiled.ts";
export { measureSeams, type SeamSteps } from "./core/predict/tiles/seams.ts";
export { type ImportableNetwork, isImported } from "./core/evaluate/imported_weights.ts";
export { type ComparedPictures, type Measured, measurePictures } from "./core/evaluate/measure.ts";
export { writeReport, type WrittenReport } from "./core/report/report.ts";
export { type ReceptiveField, receptiveField } from "./core/model/receptive_field.ts";
export {
  type FileIdentity,
  readSafetensors,
  type StoredTensor,
  type TensorSource,
  writeSafetensors,
} from "./core/runs/safetensors.ts";

// The plug-ins that come with Pairlab.
export { colour, type ColourOptions } from "./plugins/augment/colour.ts";
export { compose } from "./plugins/augment/compose.ts";
export { crop, type CropOptions } from "./plugins/augment/crop.ts";
export { cutout, type CutoutOptions } from "./plugins/augment/cutout.ts";
export { jitter, type JitterOptions } from "./plugins/augment/jitter.ts";
export { mirror, type MirrorOptions } from "./plugins/augment/mirror.ts";
export { rotate, type RotateOptions } from "./plugins/augment/rotate.ts";
export { animate } from "./plugins/callbacks/animate.ts";
export { best, type BestOptions } from "./plugins/callbacks/best.ts";
export { checkpoint } from "./plugins/callbacks/checkpoint.ts";
export { csvLog, type CsvLogOptions } from "./plugins/callbacks/csv_log.ts";
export { earlyStopping, type EarlyStoppingOptions } from "./plugins/callbacks/early_stopping.ts";
export { evaluateEvery, type EvaluateEveryOptions } from "./plugins/callbacks/evaluate_every.ts";
export { every } from "./plugins/callbacks/every.ts";
export { health, type HealthOptions } from "./plugins/callbacks/health.ts";
export { progress, type ProgressOptions } from "./plugins/callbacks/progress.ts";
export { samples, type SamplesOptions } from "./plugins/callbacks/samples.ts";
export { tensorboard, type TensorboardOptions } from "./plugins/callbacks/tensorboard.ts";
export { cached, type CachedOptions } from "./plugins/data/cached.ts";
export { concatenate } from "./plugins/data/concatenate.ts";
export { degraded, type DegradedOptions } from "./plugins/data/degraded.ts";
export { folderPairs, type FolderPairsOptions } from "./plugins/data/folder_pairs.ts";
export { manifest, type ManifestOptions } from "./plugins/data/manifest.ts";
export { repeat } from "./plugins/data/repeat.ts";
export { sideBySide, type SideBySideOptions } from "./plugins/data/side_by_side.ts";
export { subset, type SubsetOptions } from "./plugins/data/subset.ts";
export {
  syntheticFlowers,
  type SyntheticFlowersOptions,
} from "./plugins/data/synthetic_flowers.ts";
export { defocus, type DefocusOptions } from "./plugins/degrade/defocus.ts";
export { downUp, type DownUpOptions } from "./plugins/degrade/down_up.ts";
export { edgeDrawing } from "./plugins/degrade/edge_drawing.ts";
export { gaussianBlur, type GaussianBlurOptions } from "./plugins/degrade/gaussian_blur.ts";
export { greyscale } from "./plugins/degrade/greyscale.ts";
export { jpeg, type JpegOptions } from "./plugins/degrade/jpeg.ts";
export { motionBlur, type MotionBlurOptions } from "./plugins/degrade/motion_blur.ts";
export { noise, type NoiseOptions } from "./plugins/degrade/noise.ts";
export { multiScale, type MultiScaleOptions } from "./plugins/discriminators/multi_scale.ts";
export { patchGan, type PatchGanOptions } from "./plugins/discriminators/patch_gan.ts";
export { attentionUnet, type AttentionUnetOptions } from "./plugins/generators/attention_unet.ts";
export {
  encoderDecoder,
  type EncoderDecoderOptions,
} from "./plugins/generators/encoder_decoder.ts";
export { identity } from "./plugins/generators/identity.ts";
export { nafnet, type NafnetOptions } from "./plugins/generators/nafnet.ts";
export { pix2pixHd, type Pix2pixHdOptions } from "./plugins/generators/pix2pix_hd.ts";
export { resnet, type ResnetOptions } from "./plugins/generators/resnet.ts";
export { unet, type UnetOptions } from "./plugins/generators/unet.ts";
export { attentionGate, type AttentionGateOptions } from "./plugins/layers/attention_gate.ts";
export { averagePooling, type AveragePoolingOptions } from "./plugins/layers/average_pooling.ts";
export { batchNorm, type BatchNormOptions } from "./plugins/layers/batch_norm.ts";
export {
  convolution,
  type ConvolutionOptions,
  transposedConvolution,
  type TransposedConvolutionOptions,
} from "./plugins/layers/convolution.ts";
export {
  depthwiseConvolution,
  type DepthwiseConvolutionOptions,
} from "./plugins/layers/depthwise_convolution.ts";
export { doubling, type DoublingOptions, type Interpolation } from "./plugins/layers/doubling.ts";
export { dropout, type DropoutOptions } from "./plugins/layers/dropout.ts";
export { groupNorm, type GroupNormOptions } from "./plugins/layers/group_norm.ts";
export {
  type InitialWeights,
  kaiming,
  type KaimingOptions,
  normal,
  type NormalOptions,
  xavier,
  type XavierOptions,
} from "./plugins/layers/initializers.ts";
export { instanceNorm, type InstanceNormOptions } from "./plugins/layers/instance_norm.ts";
export { layerNorm, type LayerNormOptions } from "./plugins/layers/layer_norm.ts";
export { type Block, none, type Norm } from "./plugins/layers/norm.ts";
export { orthogonal, type OrthogonalOptions } from "./plugins/layers/orthogonal.ts";
export { pixelShuffle, type PixelShuffleOptions } from "./plugins/layers/pixel_shuffle.ts";
export {
  reflectionPadding,
  type ReflectionPaddingOptions,
} from "./plugins/layers/reflection_padding.ts";
export { layerSeed } from "./plugins/layers/seed.ts";
export {
  resizeUpsampling,
  type ResizeUpsamplingOptions,
  subPixelUpsampling,
  type SubPixelUpsamplingOptions,
  transposedUpsampling,
  type TransposedUpsamplingOptions,
  type Upsample,
  type UpsampledBlock,
} from "./plugins/layers/upsampling.ts";
export { kubernetes, type KubernetesOptions } from "./plugins/launchers/kubernetes.ts";
export { local } from "./plugins/launchers/local.ts";
export { slurm, type SlurmOptions } from "./plugins/launchers/slurm.ts";
export { ssh, type SshOptions } from "./plugins/launchers/ssh.ts";
export { charbonnier, type CharbonnierOptions } from "./plugins/losses/charbonnier.ts";
export { edges, type EdgesOptions } from "./plugins/losses/edges.ts";
export { featureMatching, type FeatureMatchingOptions } from "./plugins/losses/feature_matching.ts";
export { frequency, type FrequencyOptions } from "./plugins/losses/frequency.ts";
export { gan, type GanOptions } from "./plugins/losses/gan.ts";
export { hinge, type HingeOptions } from "./plugins/losses/hinge.ts";
export { l1, type L1Options } from "./plugins/losses/l1.ts";
export { l2, type L2Options } from "./plugins/losses/l2.ts";
export { leastSquares, type LeastSquaresOptions } from "./plugins/losses/least_squares.ts";
export { multiScaleSsim, type MultiScaleSsimOptions } from "./plugins/losses/multi_scale_ssim.ts";
export { perceptual, type PerceptualOptions } from "./plugins/losses/perceptual.ts";
export { ssim, type SsimOptions } from "./plugins/losses/ssim.ts";
export { totalVariation, type TotalVariationOptions } from "./plugins/losses/total_variation.ts";
export { wasserstein, type WassersteinOptions } from "./plugins/losses/wasserstein.ts";
export {
  efficientnetDistance,
  type EfficientnetDistanceOptions,
} from "./plugins/metrics/efficientnet_distance.ts";
export { fid, type FidOptions } from "./plugins/metrics/fid.ts";
export { kid, type KidOptions } from "./plugins/metrics/kid.ts";
export {
  gradientSimilarity,
  type GradientSimilarityOptions,
} from "./plugins/metrics/gradient_similarity.ts";
export {
  type LabChannel,
  labDistributionIntersection,
  labHistogramIntersection,
  type LabHistogramOptions,
} from "./plugins/metrics/lab_histogram_intersection.ts";
export {
  inceptionFeatures,
  type InceptionFeaturesOptions,
} from "./plugins/metrics/inception_features.ts";
export { lpips, type LpipsOptions } from "./plugins/metrics/lpips.ts";
export { mae } from "./plugins/metrics/mae.ts";
export {
  multiScaleSsimIndex,
  type MultiScaleSsimIndexOptions,
} from "./plugins/metrics/multi_scale_ssim.ts";
export {
  perceptualDistance,
  type PerceptualDistanceOptions,
} from "./plugins/metrics/perceptual_distance.ts";
export { psnr } from "./plugins/metrics/psnr.ts";
export { sharpness, sharpnessRatio } from "./plugins/metrics/sharpness.ts";
export { ssimIndex, type SsimIndexOptions } from "./plugins/metrics/ssim.ts";
export { adam, type AdamOptions } from "./plugins/optimizers/adam.ts";
export { adamW, type AdamWOptions } from "./plugins/optimizers/adam_w.ts";
export { clipNorm, type ClipNormOptions } from "./plugins/optimizers/clip_norm.ts";
export { clipValue, type ClipValueOptions } from "./plugins/optimizers/clip_value.ts";
export { rmsProp, type RmsPropOptions } from "./plugins/optimizers/rms_prop.ts";
export { sgd, type SgdOptions } from "./plugins/optimizers/sgd.ts";
export { constant } from "./plugins/schedules/constant.ts";
export { cosine, type CosineOptions } from "./plugins/schedules/cosine.ts";
export { linearDecay, type LinearDecayOptions } from "./plugins/schedules/linear_decay.ts";
export { plateau, type PlateauOptions } from "./plugins/schedules/plateau.ts";
export { step, type StepOptions } from "./plugins/schedules/step.ts";
export { warmUp, type WarmUpOptions } from "./plugins/schedules/warm_up.ts";
