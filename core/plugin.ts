/**
 * Every interface that a plug-in can implement, and with them the tools that plug-ins share.
 *
 * A plug-in is a factory that returns a function or a plain object of one of these types: no base
 * class, no registry. Data sources, augments and callbacks see pictures, numbers and files, never a
 * tensor; networks, losses and optimizers see tensors, never a file. Whoever calls them disposes of
 * what they compute.
 *
 * @module
 */
export type {
  Augment,
  Dataset,
  DataSource,
  Degradation,
  Degraded,
  ImageShape,
  OpenedData,
  Pair,
  Picture,
} from "./interfaces/pictures.ts";
export type {
  Discriminator,
  Generator,
  InferenceMode,
  Mode,
  Share,
  TaskShape,
} from "./interfaces/networks.ts";
export type {
  Judgement,
  Loss,
  Optimizer,
  Progress,
  Rate,
  Schedule,
  UpdateRule,
  Views,
} from "./interfaces/objectives.ts";
export type {
  Better,
  Comparison,
  Metric,
  MetricDescription,
  SetMeasurement,
  SetMetric,
} from "./interfaces/metrics.ts";
export type {
  Callback,
  EpochReport,
  Finding,
  Json,
  LayerStatistics,
  LogitMap,
  RecordReport,
  StepReport,
  StepStatistics,
  TrainingRun,
} from "./interfaces/callbacks.ts";
export {
  type AttachedLauncher,
  CELL_STATUS,
  type CellEnd,
  type DetachedLauncher,
  type Launch,
  type LaunchedCell,
  type Launcher,
  type Pending,
  type SweepWatch,
} from "./interfaces/launchers.ts";
export type {
  AverageOptions,
  Colours,
  Fit,
  FreezeOptions,
  ReplayOptions,
  ResizeKernel,
  UpdateOrder,
  Wiring,
} from "./interfaces/experiment.ts";

export { assess, type Judgements, startJudgements } from "./health/assess.ts";
export { countSilent, deadShare, type SilentUnits } from "./health/dead_units.ts";
export { comparePictures, type PictureEvidence, type PredictedPair } from "./health/pictures.ts";
export { type HealthRule, type Measurement as HealthMeasurement, RULES } from "./health/rules.ts";
export { isMeasured } from "./health/schedule.ts";
export { asArgument } from "./base/shell_argument.ts";
export { csvOf } from "./base/csv.ts";
export { messageOf, PairlabError } from "./base/errors.ts";
export { joined, writeTextDurably } from "./base/files.ts";
export { type Bar, formatDuration, isTerminal, openBar } from "./base/terminal.ts";
export { checkRange, drawFrom, drawWhole, type Range, type RangeLimits } from "./random/range.ts";
export { deriveKey, type Random, randomStream } from "./random/stream.ts";

export { type DecodeOptions, decodePicture, type Levels } from "./pictures/decode.ts";
export type { AnimationOptions } from "./pictures/animation.ts";
export { drawEpochs, type EpochsOptions } from "./pictures/epochs.ts";
export { blurPicture, convolvePicture, type Tap } from "./pictures/convolve.ts";
export { defocusPicture } from "./pictures/defocus.ts";
export {
  type DegradationRecord,
  type DegradedPicture,
  degradePicture,
  describeDegradations,
} from "./pictures/degrade.ts";
export { drawSvg } from "./pictures/draw.ts";
export { drawEdges, type EdgeOptions } from "./pictures/edges.ts";
export { type EncodeOptions, encodePicture, writePicture } from "./pictures/encode.ts";
export { type FitOptions, fitToSize } from "./pictures/fit.ts";
export { cropPicture, mirrorPicture, type Rectangle, turnPicture } from "./pictures/geometry.ts";
export { greyPicture } from "./pictures/grey.ts";
export { lightnessPicture } from "./pictures/lightness.ts";
export { composePanel, type PanelColumn } from "./pictures/panel.ts";
export { resizePicture } from "./pictures/resize.ts";
export { rotatePicture } from "./pictures/rotate.ts";
export { checkOneSize, describeSize, type Size } from "./pictures/shape.ts";
export { viewablePicture } from "./pictures/viewable.ts";

export { type AdamConstants, adamRule } from "./ops/adam_rule.ts";
export {
  absolute,
  batchNormTraining,
  checkExponents,
  checkWeights,
  featureDistance,
  fittingScales,
  luminance,
  meanOverScales,
  MULTI_SCALE_EXPONENTS,
  multiScaleSimilarity,
  pictureMeans,
  rgbToLab,
  type Similarity,
  type SimilarityOptions,
  statelessNormal,
  statelessUniform,
  stopGradient,
  structuralSimilarity,
  toPlanes,
} from "./ops/mod.ts";
export { namedState, zerosFor } from "./ops/optimizer_state.ts";

export { datasetOf } from "./data/dataset.ts";
export { collectFaults, type Faults } from "./data/faults.ts";
export { type FolderLayout, folderSource, type FolderSourceOptions } from "./data/folder_source.ts";
export { findPairFolders, type PairFolders, type PairLayout } from "./data/folders.ts";
export { listPictures, type PictureFolder } from "./data/picture_folder.ts";
export { type FileLayout, listFiles, listPairs } from "./data/list_pairs.ts";
export { findListedPairs, type ListedPair } from "./data/manifest_pairs.ts";
export { type ManifestRow, readManifest, type SplitName } from "./data/manifest.ts";
export { counted, fingerprintOf, type FoundPairs, openPairs } from "./data/open_pairs.ts";
export { type CacheOptions, cachePairs } from "./data/pair_cache.ts";
export type { PairFiles, PictureFile, ReadOptions } from "./data/pair_files.ts";
export {
  checkSplitOptions,
  type FolderContents,
  splitAsListed,
  splitAtRandom,
  type SplitContents,
  type SplitOptions,
  splitPairs,
} from "./data/splits.ts";

export { logitOutputs } from "./model/networks.ts";
export { featureMetric, type FeatureOptions } from "./model/feature_metric.ts";
export {
  type FeatureExtractor,
  featureExtractor,
  layerWeights,
  loadNetwork,
} from "./model/pretrained.ts";
export type { LayerWindow } from "./model/receptive_field.ts";
export { scoreOf } from "./evaluate/better.ts";
export { apply, type ImportedConvolution, ImportedNetwork } from "./evaluate/imported_network.ts";
export {
  type ImportableNetwork,
  importedWeightsPath,
  NetworkWeights,
} from "./evaluate/imported_weights.ts";
export {
  type ComparedPictures,
  type Measured,
  type Measurement,
  startMeasurement,
} from "./evaluate/measure.ts";
export { averageOf } from "./evaluate/statistics.ts";
export { JOB_VARIABLE } from "./ablate/lease.ts";
export { runProcesses } from "./ablate/process.ts";
