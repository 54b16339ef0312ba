/** The public names, so that a change of them is deliberate. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

/** What users import. */
const MOD = `
  Ablation ablation AblationOptions absolute adam AdamOptions adamW AdamWOptions animate
  AttachedLauncher attentionGate AttentionGateOptions attentionUnet AttentionUnetOptions Augment
  AverageOptions averagePooling AveragePoolingOptions batchNorm BatchNormOptions BeginOptions
  beginRun best BestOptions Better Block blurPicture cached CachedOptions Callback CELL_STATUS
  CellEnd charbonnier CharbonnierOptions checkpoint checkRange checkSplitOptions Choice choice
  clipNorm ClipNormOptions clipValue ClipValueOptions collectFaults colour ColourOptions Colours
  ComparedPictures Comparison CompileMode compose concatenate constant convolution
  ConvolutionOptions convolvePicture cosine CosineOptions crop CropOptions cropPicture csvLog
  CsvLogOptions cutout CutoutOptions Dataset datasetOf DataSource DeclaredParameters
  DecodeOptions decodePicture defocus DefocusOptions defocusPicture Degradation Degraded degraded
  DegradedOptions depthwiseConvolution DepthwiseConvolutionOptions deriveKey DetachedLauncher
  Discriminator doubling DoublingOptions downUp DownUpOptions drawEdges drawFrom drawWhole
  dropout DropoutOptions earlyStopping EarlyStoppingOptions edgeDrawing EdgeOptions edges
  EdgesOptions efficientnetDistance EfficientnetDistanceOptions EncodeOptions encodePicture
  encoderDecoder EncoderDecoderOptions Engine EngineChoice EngineName EpochReport evaluateEvery
  EvaluateEveryOptions every Experiment experiment Faults FeatureExtractor featureExtractor
  featureMatching FeatureMatchingOptions fid FidOptions FileIdentity fingerprintOf Fit FitOptions
  fitToSize FolderContents FolderLayout folderPairs FolderPairsOptions folderSource
  FolderSourceOptions FreezeOptions frequency FrequencyOptions gan GanOptions gaussianBlur
  GaussianBlurOptions Generator GeneratorDescription GivenParameters gradientSimilarity
  GradientSimilarityOptions greyPicture greyscale groupNorm GroupNormOptions health HealthOptions
  hinge HingeOptions identity ImageShape ImportableNetwork inceptionFeatures
  InceptionFeaturesOptions InferenceMode InitialWeights instanceNorm InstanceNormOptions
  Interpolation Interval isImported jitter JitterOptions jpeg JpegOptions Json Judgement kaiming
  KaimingOptions kid KidOptions kubernetes KubernetesOptions l1 L1Options l2 L2Options LabChannel
  labDistributionIntersection labHistogramIntersection LabHistogramOptions Launch LaunchedCell
  Launcher layerNorm LayerNormOptions layerSeed layerWeights LayerWindow layTiles leastSquares
  LeastSquaresOptions Levels lightnessPicture linearDecay LinearDecayOptions listPictures
  loadNetwork LoadOptions loadPredictor local Loss lpips LpipsOptions luminance mae manifest
  ManifestOptions Measured measurePictures measureSeams messageOf Metric MetricDescription mirror
  MirrorOptions mirrorPicture Mode motionBlur MotionBlurOptions multiScale MultiScaleOptions
  multiScaleSsim multiScaleSsimIndex MultiScaleSsimIndexOptions MultiScaleSsimOptions nafnet
  NafnetOptions namedState noise NoiseOptions none Norm normal NormalOptions NotFinitePolicy
  OpenedData Optimizer orthogonal OrthogonalOptions Outcome Pair PairFiles PairlabError Parameter
  Parameters ParameterValue ParameterValues patchGan PatchGanOptions Pending perceptual
  perceptualDistance PerceptualDistanceOptions PerceptualOptions Picture PictureFile
  PictureFolder pictureMeans pix2pixHd Pix2pixHdOptions pixelShuffle PixelShuffleOptions plateau
  PlateauOptions Predictor Progress progress ProgressOptions psnr Random randomStream Range
  RangeLimits Rate ReadOptions readSafetensors ReceptiveField receptiveField RecordReport
  Rectangle reflectionPadding ReflectionPaddingOptions repeat ReplayOptions ResizeKernel
  resizePicture resizeUpsampling ResizeUpsamplingOptions resnet ResnetOptions ResumeOptions
  resumeRun rmsProp RmsPropOptions rotate RotateOptions rotatePicture runProcesses samples
  SamplesOptions Schedule Seams SeamSteps SetMeasurement SetMetric sgd SgdOptions sharpness
  sharpnessRatio sideBySide SideBySideOptions Similarity SimilarityOptions Size slurm
  SlurmOptions splitAtRandom SplitOptions splitPairs ssh SshOptions ssim ssimIndex
  SsimIndexOptions SsimOptions StandardParameters startEngine StartOptions statelessNormal
  statelessUniform step StepOptions StepReport StoredTensor structuralSimilarity
  subPixelUpsampling SubPixelUpsamplingOptions subset SubsetOptions SweepWatch syntheticFlowers
  SyntheticFlowersOptions Tap TaskShape tensorboard TensorboardOptions TensorSource TiledOptions
  TiledPrediction Tiling totalVariation TotalVariationOptions train Training TrainingRun
  transposedConvolution TransposedConvolutionOptions transposedUpsampling
  TransposedUpsamplingOptions turnPicture unet UnetOptions UpdateOrder UpdateRule Upsample
  UpsampledBlock ValueOf Variant vary Views warmUp WarmUpOptions wasserstein WassersteinOptions
  Wiring WiringChanges writePicture writeReport writeSafetensors WrittenReport xavier
  XavierOptions zerosFor
`;

/** What the plug-ins that come with Pairlab import. */
const PLUGIN = `
  absolute AdamConstants adamRule AnimationOptions apply asArgument assess AttachedLauncher
  Augment averageOf AverageOptions Bar batchNormTraining Better blurPicture CacheOptions
  cachePairs Callback CELL_STATUS CellEnd checkExponents checkOneSize checkRange
  checkSplitOptions checkWeights collectFaults Colours ComparedPictures comparePictures
  Comparison composePanel convolvePicture counted countSilent cropPicture csvOf Dataset datasetOf
  DataSource deadShare DecodeOptions decodePicture defocusPicture Degradation DegradationRecord
  Degraded DegradedPicture degradePicture deriveKey describeDegradations describeSize
  DetachedLauncher Discriminator drawEdges drawEpochs drawFrom drawSvg drawWhole EdgeOptions
  EncodeOptions encodePicture EpochReport EpochsOptions Faults featureDistance FeatureExtractor
  featureExtractor featureMetric FeatureOptions FileLayout Finding findListedPairs
  findPairFolders fingerprintOf Fit FitOptions fittingScales fitToSize FolderContents
  FolderLayout folderSource FolderSourceOptions formatDuration FoundPairs FreezeOptions Generator
  greyPicture HealthMeasurement HealthRule ImageShape ImportableNetwork ImportedConvolution
  ImportedNetwork importedWeightsPath InferenceMode isMeasured isTerminal JOB_VARIABLE joined
  Json Judgement Judgements Launch LaunchedCell Launcher LayerStatistics layerWeights LayerWindow
  Levels lightnessPicture ListedPair listFiles listPairs listPictures loadNetwork LogitMap
  logitOutputs Loss luminance ManifestRow meanOverScales Measured Measurement messageOf Metric
  MetricDescription mirrorPicture Mode MULTI_SCALE_EXPONENTS multiScaleSimilarity namedState
  NetworkWeights openBar OpenedData openPairs Optimizer Pair PairFiles PairFolders PairlabError
  PairLayout PanelColumn Pending Picture PictureEvidence PictureFile PictureFolder pictureMeans
  PredictedPair Progress Random randomStream Range RangeLimits Rate readManifest ReadOptions
  RecordReport Rectangle ReplayOptions ResizeKernel resizePicture rgbToLab rotatePicture RULES
  runProcesses Schedule scoreOf SetMeasurement SetMetric Share SilentUnits Similarity
  SimilarityOptions Size splitAsListed splitAtRandom SplitContents SplitName SplitOptions
  splitPairs startJudgements startMeasurement statelessNormal statelessUniform StepReport
  StepStatistics stopGradient structuralSimilarity SweepWatch Tap TaskShape toPlanes TrainingRun
  turnPicture UpdateOrder UpdateRule viewablePicture Views Wiring writePicture writeTextDurably
  zerosFor
`;

/** The names that a module exports; all of them are exports from elsewhere. */
async function namesOf(module: string): Promise<string[]> {
  const path = new URL(`../${module}`, import.meta.url);
  const text = (await Deno.readTextFile(path)).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
  const exports = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "[^"]+";$/gm)];
  assertEquals(text.match(/\bexport\b/g)?.length, exports.length);
  return exports.flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^type /, "").replace(/^\w+ as /, ""))
      .filter((name) => name !== "")
  ).sort();
}

describe("the public names", () => {
  for (const [module, names] of Object.entries({ "mod.ts": MOD, "core/plugin.ts": PLUGIN })) {
    it(`of ${module} are these`, async () => {
      assertEquals(await namesOf(module), names.trim().split(/\s+/).sort());
    });
  }

  it("leave out what no plug-in and no user calls", async () => {
    const named = new Set([...await namesOf("mod.ts"), ...await namesOf("core/plugin.ts")]);
    for (const internal of ["applyAdam", "whyEmpty", "openInstead", "splitFolder", "compile"]) {
      assertEquals(named.has(internal), false, internal);
    }
  });
});
