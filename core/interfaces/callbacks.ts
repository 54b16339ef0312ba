/** What watches a training. */
import type { InferenceMode } from "./networks.ts";
import type { Dataset, Pair, Picture } from "./pictures.ts";

/** What a step did to the weights of one layer; only weights of two or more dimensions count. */
export interface LayerStatistics {
  /** E.g. `generator/down1_convolution`. */
  readonly name: string;
  /** Root mean square of the gradient. */
  readonly gradient: number;
  /** Euclidean length of the step's update, as a share of the weights' own. */
  readonly update: number;
  /**
   * Of each unit (the last dimension of the weights), whether it had no gradient and its weights have
   * stayed as they were at the last measurement of this process.
   */
  readonly silent: readonly boolean[];
}

/** What a step did, measured where a callback {@link Callback.measures} it. */
export interface StepStatistics {
  /** The layers of G, then those of D, in the order of their weights. */
  readonly layers: readonly LayerStatistics[];
  /**
   * Shares of D's logits on the right side of the losses' {@link Loss.boundary}; left out without a
   * discriminator or a boundary.
   */
  readonly accuracy?: { readonly real: number; readonly fake: number };
}

/** Something that is wrong with a training, in words. */
export interface Finding {
  /** Names it, e.g. `d-too-strong`. */
  readonly rule: string;
  /** What was found, for people, the number in it. */
  readonly sentence: string;
  readonly value: number;
  readonly threshold: number;
  /** Where the threshold is from. */
  readonly source: string;
  /** What people usually do about it. */
  readonly advice: string;
  /** The line of `vary` that people try first. */
  readonly change: string;
  /** The step of the first measurement that showed it. */
  readonly since: number;
  /** True when it is not found any more. */
  readonly over: boolean;
}

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
  /** The learning rates of the step. */
  readonly rates: { readonly generator: number; readonly discriminator: number };
  /** Names of the pairs in the batch. */
  readonly names: readonly string[];
  /** Wall time of this step, milliseconds, waiting for pictures included. */
  readonly milliseconds: number;
  /** In steps that a callback measures. */
  readonly statistics?: StepStatistics;
}

/** The numbers of one finished epoch. */
export interface EpochReport {
  readonly epoch: number;
  readonly step: number;
  /** Means over those of the epoch's steps that have the loss; left out where none has. */
  readonly losses: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Bytes of memory that the process holds. */
  readonly memory?: number;
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

/** D's logits of a picture, row by row: each judges a patch, positive if it looks real. */
export interface LogitMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
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
  /**
   * Pairs to choose by, loaded at the size of the networks; none where neither the data have any nor
   * a callback asks for them ({@link Callback.split}).
   */
  readonly validation?: Dataset | undefined;
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
  /** Writes a finding of this moment into metrics.jsonl. */
  find(finding: Finding): Promise<void>;
  /**
   * D's logits of a picture, one channel, for each of D's scales; none without a discriminator.
   *
   * @param picture Of the target's size, e.g. a prediction.
   */
  judge(input: Picture, picture: Picture): Promise<LogitMap[]>;
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
  /**
   * Of which pictures the numbers are that it records. For `"validation"` some of the training pairs
   * are kept, unless the data have such pairs.
   */
  readonly split?: "validation" | "test";
  /** The number by which it chooses a checkpoint or an end: the record says of which pictures it is. */
  readonly chooses?: string;
  /** Whether it wants {@link StepReport.statistics} of a step; they cost about one more step. */
  measures?(step: number): boolean;
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
