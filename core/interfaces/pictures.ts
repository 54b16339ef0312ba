/** Pictures, pairs of them, and where they come from. */
import type { Random } from "../random/stream.ts";

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
   * For each pair, what it was made of: pairs of the same are never divided between those that train
   * and those kept for validation. @default the names
   */
  readonly originals?: readonly string[];
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
  /** Pairs to choose by, which neither train nor test. @default none; kept from `train` if asked for */
  readonly validation?: Dataset;
  /** One line for the person who watches, e.g. `500 pairs in dataset (400 train, 100 test)`. */
  readonly description: string;
  /** Changes whenever a picture, a name or the split does; validation pairs stand behind a plus. */
  readonly fingerprint: string;
  /**
   * The input files' values of black and white if they are not the usual ones: pictures to predict
   * are read by them, too. @default 0 and the largest value of 8 or 16 unsigned bits
   */
  readonly levels?: readonly [black: number, white: number];
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
