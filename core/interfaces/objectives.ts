/** What the networks minimise, and how they are updated. */
import type { Share } from "./networks.ts";
import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";

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
  /** Where several processes train together, the pictures of this one: for such draws, too. */
  readonly share?: Share | undefined;
}

/**
 * One term of the objective, named by its key in the experiment; pure and synchronous.
 *
 * The terms of all losses are summed for each network.
 */
export interface Loss {
  /**
   * The logit above which D takes a picture for real, 0 where it is a log-odds. Left out where D's
   * outputs have no such boundary, e.g. those of a Wasserstein critic.
   */
  readonly boundary?: number;
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
   * For each finished epoch, the numbers that schedules watch: means of its losses, as in
   * {@link EpochReport}, and what callbacks recorded in it or at its end, the last of each name;
   * finite numbers only. Checkpoints keep it. @default none
   */
  readonly history?: readonly Readonly<Record<string, number>>[];
}

/** A learning rate that changes: a pure function of progress, so that a resumed run continues exactly. */
export interface Schedule {
  (progress: Progress): number;
  /**
   * The number that it watches in {@link Progress.history}, if any: a loss of the experiment, or one
   * that a callback {@link Callback.records}.
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
