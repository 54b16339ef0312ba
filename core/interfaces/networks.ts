/** The two networks: what builds them, and how they are applied. */
import type { LayersModel, Scalar } from "@tensorflow/tfjs";
import type { ImageShape } from "./pictures.ts";

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

/** Which pictures of the batch of all workers one of them sees; see docs/scaling.md. */
export interface Share {
  /** The place of the first of them, 0 for the batch's first. */
  readonly first: number;
  /** Pictures of all workers. */
  readonly of: number;
  /** What they count in a mean over the workers: 1 where all have as many. */
  readonly weight: number;
}

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
  /** Where several processes train together, the pictures of this one. @default all there are */
  readonly share?: Share | undefined;
}

/** How G predicts; nothing of the model changes in any of these. */
export type InferenceMode =
  /** Dropout and the statistics of the batch, as in the paper's section 3.3. */
  | "paper"
  /** The statistics of the batch, no dropout: the same picture every time. */
  | "deterministic"
  /** The moving statistics of the training, no dropout: usual elsewhere. */
  | "running";
