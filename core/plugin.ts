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
import type { LayersModel, Scalar, Tensor, Tensor1D, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { Random } from "./random/stream.ts";

export * from "./tools.ts";

// ---------------------------------------------------------------- pictures and pairs

/** Height, width (pixels) and channels of a picture, in the order of a tensor's axes. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * A decoded picture, row by row, channels interleaved (RGB for three).
 *
 * Values lie in 0…255, in floats too, where fractions are kept; a `Uint16Array` spans 0…65535.
 */
export interface Picture extends ImageShape {
  readonly data: Uint8Array | Uint16Array | Float32Array;
}

/** Two pictures of the same thing; `name` says which in messages and file names. */
export interface Pair {
  readonly name: string;
  /** What the generator is given, e.g. the blurred photograph. */
  readonly input: Picture;
  /** What it should produce (the ground truth), e.g. the sharp one. */
  readonly target: Picture;
}

/** Pairs by index. Shuffling, resuming and loading ahead belong to the core. */
export interface Dataset {
  readonly names: readonly string[];
  /**
   * Loads pair `index`; several calls may be under way at once. Its name is `names[index]`, or
   * begins with it where it says what was drawn.
   *
   * @param random Given in training, another in each epoch, for pairs that are not always the same;
   * without it a pair is.
   */
  load(index: number, random?: Random): Promise<Pair>;
}

/** What a data source holds, once opened and checked. */
export interface OpenedData {
  readonly train: Dataset;
  readonly test: Dataset;
  /** One line for the person who watches, e.g. `500 pairs in dataset (400 train, 100 test)`. */
  readonly description: string;
  /** Changes whenever a picture, a name or the split does. */
  readonly fingerprint: string;
}

/** A picture that was spoilt, and by what. */
export interface Degraded {
  readonly picture: Picture;
  /** What was drawn, by name, e.g. `{ sigma: 2.3 }`: it is recorded with the pair. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** A way to make an input of its target, which the generator is to undo. */
export interface Degradation {
  /** In records and messages, e.g. `gaussianBlur`. */
  readonly name: string;
  /** Spoils a picture, which stays as it was; of the same size and channels, drawn from `random`. */
  apply(picture: Picture, random: Random): Degraded | Promise<Degraded>;
}

/** A place that pairs come from. */
export interface DataSource {
  /**
   * Finds the pairs and checks all of them, so that no fault appears hours into a training.
   *
   * @param onProgress Told how many of how many pictures are checked.
   * @throws {PairlabError} Naming what is wrong, where, and how many.
   */
  open(onProgress?: (done: number, total: number) => void): Promise<OpenedData>;
}

/** Changes a training pair; whatever it draws from `random` applies to both pictures. */
export type Augment = (pair: Pair, random: Random) => Pair | Promise<Pair>;

// ---------------------------------------------------------------- networks

/** What both networks are built for. */
export interface TaskShape {
  readonly input: ImageShape;
  readonly target: ImageShape;
}

/**
 * Builds G: a model from `[batch, ...input]` to `[batch, ...target]`, both in -1…1.
 *
 * Weights follow from `seed` alone. Throws a {@link PairlabError} for a shape it cannot take.
 */
export type Generator = (shape: TaskShape, seed: number) => LayersModel;

/**
 * Builds D: a model of `[input, picture]` (conditional) or of `[picture]` alone, to logits
 * `[batch, rows, columns, 1]`, one output for each scale.
 *
 * Where some output's layer is named `…logits…`, only such outputs are logits; the others are
 * features for a loss to match, in the order of the model's outputs.
 */
export type Discriminator = (shape: TaskShape, seed: number) => LayersModel;

/**
 * How the layers of a network behave in one call; `LayersModel.apply(x, { ...mode })` hands it to
 * every layer's `call` as `kwargs`.
 */
export interface Mode {
  /** Batch norm uses the statistics of the batch (`true`) or the moving ones. */
  readonly training: boolean;
  /** Dropout drops. The paper's only noise, at test time too (section 3.1). */
  readonly dropout: boolean;
  /** Batch norm's moving statistics take note of this batch. */
  readonly updateStatistics: boolean;
  /** int32 scalar: keys the random numbers of this call, together with each layer's own seed. */
  readonly step: Scalar;
}

/** How G predicts; nothing of the model changes in any of these. */
export type InferenceMode =
  /** Dropout and the statistics of the batch, as in the paper's section 3.3. */
  | "paper"
  /** The statistics of the batch, no dropout: the same picture every time. */
  | "deterministic"
  /** The moving statistics of the training, no dropout: usual elsewhere. */
  | "running";

// ---------------------------------------------------------------- losses and optimizers

/** What D says of a picture. */
export interface Judgement {
  /** Logits, one tensor for each scale. */
  readonly logits: readonly Tensor4D[];
  /** Features that D offers for matching; often none. */
  readonly features: readonly Tensor4D[];
}

/**
 * What losses see; all pictures are `[batch, height, width, channels]` in -1…1, as the networks see
 * them (see {@link Colours}).
 */
export interface Views {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  /** G(input). */
  readonly fake: Tensor4D;
  /** D(input, target): logits, one tensor for each scale. Throws without a discriminator. */
  readonly realLogits: readonly Tensor4D[];
  /** D(input, fake). Throws without a discriminator. */
  readonly fakeLogits: readonly Tensor4D[];
  /** What D offers of (input, target) for matching; none by most discriminators. */
  readonly realFeatures: readonly Tensor4D[];
  /** What D offers of (input, fake) for matching. */
  readonly fakeFeatures: readonly Tensor4D[];
  /** D(input, picture) for any other picture, e.g. a mixture of target and fake. */
  discriminate(picture: Tensor4D): Judgement;
  /** int32 scalar, 1 for the first step: together with a seed, keys what a loss draws at random. */
  readonly step: Scalar;
}

/**
 * One term of the objective, named by its key in the experiment; pure and synchronous.
 *
 * The terms of all losses are added up, for each network by itself.
 */
export interface Loss {
  /** Called once, when the engine is at work and before the first step, to load what it needs. */
  prepare?(): void | Promise<void>;
  /** The term that G minimises, weight included. */
  generator?(views: Views): Scalar;
  /** The term that D minimises, weight included. No gradient flows to G from here. */
  discriminator?(views: Views): Scalar;
}

/** Where a training stands, for a rate that changes. Counts finished epochs and steps. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  /**
   * What each finished epoch gave, the first one first: the means of its losses, as in
   * {@link EpochReport}, and what callbacks recorded in it or at its end, the last of each name;
   * finite numbers only. Checkpoints keep it. @default none
   */
  readonly history?: readonly Readonly<Record<string, number>>[];
}

/** A learning rate that changes: a pure function of progress, so that a resumed run goes on. */
export interface Schedule {
  (progress: Progress): number;
  /**
   * The name in {@link Progress.history} that it goes by, if any: it must be a loss of the experiment
   * or among what a callback {@link Callback.records}.
   */
  readonly watches?: string;
}

/** A learning rate: fixed, or a function of progress. */
export type Rate = number | Schedule;

/** An optimizer at work on one network's variables. */
export interface UpdateRule {
  /** What it remembers from step to step, by name; saved in checkpoints. */
  readonly state: Readonly<Record<string, Variable>>;
  /** Updates the variables, given one gradient for each of them and the rate (float32 scalar). */
  apply(gradients: readonly Tensor[], rate: Scalar): void;
}

/** Turns gradients into updates. */
export interface Optimizer {
  readonly rate: Rate;
  /** Makes the state for these variables; all zero, so that it needs no seed. */
  start(variables: readonly Variable[]): UpdateRule;
}

// ---------------------------------------------------------------- metrics

/**
 * What metrics see: pictures `[batch, height, width, channels]` in -1…1, each a whole number of
 * 0…255 before it became x / 127.5 - 1, as a file of 8 bits holds it.
 */
export interface Comparison {
  readonly input: Tensor4D;
  readonly target: Tensor4D;
  /** G(input), or whatever else is compared with the target, e.g. the input itself. */
  readonly prediction: Tensor4D;
}

/** Which values are better; a number is the best value, and those nearer to it are better. */
export type Better = "higher" | "lower" | number;

/** What a metric is, apart from its arithmetic. */
export interface MetricDescription {
  /** Names it on the command line, in tables and in files, e.g. `psnr`. */
  readonly name: string;
  /** What its numbers count, e.g. `dB`; left out where they are pure numbers. */
  readonly unit?: string;
  readonly better: Better;
}

/** A measure of single pictures. */
export interface Metric extends MetricDescription {
  /** One number for each picture, `[batch]`; pure, synchronous, of the whole batch at once. */
  measure(views: Comparison): Tensor1D;
}

/** A measure of a whole set of pictures, which has no value for one of them, e.g. FID. */
export interface SetMetric extends MetricDescription {
  /** Begins a set. */
  start(): SetMeasurement;
}

/** A set that is being measured. */
export interface SetMeasurement {
  /** Takes note of a batch; its tensors are gone afterwards. */
  add(views: Comparison): Promise<void>;
  /** The number of all pictures that were added. */
  finish(): number;
}

// ---------------------------------------------------------------- callbacks

/** The numbers of one finished step, which is one batch. */
export interface StepReport {
  /** 1 for the first epoch. */
  readonly epoch: number;
  /** 1 for the first step of the run, across epochs. */
  readonly step: number;
  /** 1 for the first step of the epoch. */
  readonly stepInEpoch: number;
  /**
   * `generator` and `discriminator` (the sums) and each term, e.g. `generator.l1`; only of the
   * network whose turn it was where one learns in fewer steps than the other.
   */
  readonly losses: Readonly<Record<string, number>>;
  /** Names of the pairs in the batch. */
  readonly names: readonly string[];
  /** Wall time of this step, milliseconds, waiting for pictures included. */
  readonly milliseconds: number;
}

/** The numbers of one finished epoch. */
export interface EpochReport {
  readonly epoch: number;
  readonly step: number;
  /** Means over those of the epoch's steps that have the loss; left out where none has. */
  readonly losses: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Numbers that a callback has recorded. */
export interface RecordReport {
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps. */
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  /** How the pictures were predicted that the numbers are of, if they are. */
  readonly mode?: InferenceMode;
}

/** The training as callbacks see it. */
export interface TrainingRun {
  readonly experiment: string;
  /** The run folder. */
  readonly folder: string;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly batch: number;
  /** Epochs and steps that are finished: more than 0 at the beginning of a resumed run. */
  readonly done: { readonly epoch: number; readonly step: number };
  readonly test: Dataset;
  /** Loads test pair `index` at the size of the networks. */
  testPair(index: number): Promise<Pair>;
  /** G(input), by the average of G where the experiment has one. @param mode Default `paper`. */
  predict(input: Picture, mode?: InferenceMode): Promise<Picture>;
  /**
   * Asks for a checkpoint of this moment. It is written once all callbacks have been told of the
   * moment, so that it holds what each of them remembers; if the disk refuses, after a warning, the
   * next one tries again. It stays until a newer one is saved, or with `keep` longer: `"always"` for
   * good, any other word until a newer one is saved with the same word (`"best"`).
   */
  save(options?: { readonly keep?: string }): void;
  /**
   * Writes numbers of this moment into metrics.jsonl, and tells all callbacks: `onRecord`.
   *
   * @param mode Of numbers of predictions: how these were made.
   */
  record(values: Readonly<Record<string, number>>, mode?: InferenceMode): Promise<void>;
  /** Ends the training after the epoch under way; a resumed run remembers. */
  stop(reason: string): void;
  /** Prints a line for the person who watches, above a progress bar if there is one. */
  say(line: string): void;
}

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Watches a training. Every hook may be left out, and may be asynchronous: it is waited for. */
export interface Callback {
  readonly name: string;
  /** Names of the numbers that it records: a schedule that goes by others is refused. */
  readonly records?: readonly string[];
  /** How it has pictures predicted, if it does: the record of the run says so. */
  readonly mode?: InferenceMode;
  /** What it must remember when the run is resumed, e.g. the best score so far. */
  state?(): Json;
  /** Given, before `onTrainBegin` of a resumed run, what `state` gave when it was saved. */
  restore?(state: Json): void;
  /** Before the first step, of a resumed run too. */
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  /** A batch has been trained on. */
  onStepEnd?(run: TrainingRun, report: StepReport): void | Promise<void>;
  /** An epoch is done; the saves that were asked for in it are written. */
  onEpochEnd?(run: TrainingRun, report: EpochReport): void | Promise<void>;
  /** A callback, perhaps this one, has recorded numbers. */
  onRecord?(run: TrainingRun, report: RecordReport): void | Promise<void>;
  /** Ctrl-C: the step is finished and saved, nothing more will be trained. */
  onInterrupt?(run: TrainingRun): void | Promise<void>;
  /** All epochs are done, and the last checkpoint is written. */
  onTrainEnd?(run: TrainingRun): void | Promise<void>;
  /** Something has thrown, and ends the training: a part of the experiment, or a callback. */
  onError?(run: TrainingRun, error: unknown): void | Promise<void>;
}

// ---------------------------------------------------------------- the whole

/** The order of updates within a step. */
export type UpdateOrder =
  /** D first, then G against the new D (the paper, section 3.3). */
  | "alternate"
  /** Both from the same forward pass (the notebook). */
  | "simultaneous";

/** How an exponential moving average of G's weights is taken. */
export interface AverageOptions {
  /**
   * The share that each update of G keeps of the average, 0.999 in Karras et al. (2018). Less after
   * the first updates, (1 + n) / (10 + n) after n, so that the initial weights are soon forgotten.
   */
  readonly decay: number;
}

/** A pool of earlier fakes. */
export interface ReplayOptions {
  /** How many fakes it holds: 50 in CycleGAN; 0 for no pool. */
  readonly size: number;
  /**
   * The chance of a new fake, once the pool is full, to be kept in the place of one from the pool,
   * which D is shown instead. @default 0.5
   */
  readonly probability?: number;
}

/** How a picture is brought to another size. */
export type ResizeKernel =
  /** Catmull-Rom, averaging when it shrinks (sharp): for photographs. */
  | "cubic"
  /** Two-tap interpolation as TensorFlow's `tf.image.resize` does it, aliasing when it shrinks. */
  | "bilinear"
  /** No mixing: for label maps. */
  | "nearest";

/** What becomes of a picture whose aspect ratio is not that of the networks. */
export type Fit =
  /** Resized in each direction by itself: all of it is seen, its aspect ratio is not kept. */
  | "resize"
  /** Resized as a whole until it covers the frame, whose middle is cut out. */
  | "cover"
  /** Not resized, unless it is too small to cover the frame; the middle is cut out. */
  | "crop"
  /** Resized as a whole until it fits into the frame; the rest is black. */
  | "pad";

/** What the networks see of the pictures' colours. */
export type Colours =
  /** Every channel as it is. */
  | "stored"
  /**
   * G is given the lightness of an RGB picture and predicts its colours (the paper's colourisation,
   * section 6.1.1): networks and losses see L*, and a* and b*, of CIE L*a*b*, as L / 50 - 1, a / 110
   * and b / 110. All others see RGB: a prediction has the lightness of its input.
   */
  | "lab";

/** The parts of an experiment. */
export interface Wiring {
  readonly data: DataSource;
  readonly augment?: Augment;
  readonly generator: Generator;
  /** Left out when no loss looks at D, e.g. for L1 alone. */
  readonly discriminator?: Discriminator;
  readonly losses: Readonly<Record<string, Loss>>;
  readonly optimizer: Optimizer | {
    readonly generator: Optimizer;
    readonly discriminator: Optimizer;
  };
  /** @default "alternate" */
  readonly order?: UpdateOrder;
  /**
   * Updates of D for each update of G, 5 in the papers on WGAN (Arjovsky et al. 2017, algorithm 1):
   * G learns in every n-th step only. A step is one batch, so each update of D has fresh pictures;
   * G's is on the last of them. Rates, progress and epochs count steps. @default 1
   */
  readonly discriminatorSteps?: number;
  /** Updates of G for each update of D: D learns in the first of n steps only. @default 1 */
  readonly generatorSteps?: number;
  /**
   * A moving average of G's weights, beside them, which predicts in their place: samples,
   * evaluations and the predict command use it unless told otherwise. @default none
   */
  readonly average?: AverageOptions;
  /**
   * Show D fakes of earlier steps too, each with its own input and target (Shrivastava et al. 2017,
   * section 2.3; pytorch-CycleGAN-and-pix2pix' `pool_size`, which is 0 for pix2pix). G learns from new
   * fakes alone. @default none, as the paper
   */
  readonly replay?: ReplayOptions;
  /** A new order of the training pairs in each epoch. @default true */
  readonly shuffle?: boolean;
  /** How pictures of another size are brought to the networks' size. @default "cubic" */
  readonly resize?: ResizeKernel;
  /** What becomes of pictures of another aspect ratio, or size. @default "resize" */
  readonly fit?: Fit;
  /** Height and width of the networks' pictures, pixels. @default `size` and `size` */
  readonly shape?: { readonly height: number; readonly width: number };
  /** Channels that the data source gives: 1 for grey, 3 for RGB. @default 3 and 3 */
  readonly channels?: { readonly input: number; readonly target: number };
  /** What the networks see of colours. @default "stored" */
  readonly colours?: Colours;
  readonly callbacks?: readonly Callback[];
}
