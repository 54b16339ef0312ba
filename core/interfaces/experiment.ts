/** An experiment: its parts, and how they are put together. */
import type { Callback } from "./callbacks.ts";
import type { Discriminator, Generator } from "./networks.ts";
import type { Loss, Optimizer } from "./objectives.ts";
import type { Augment, DataSource } from "./pictures.ts";

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

/** Layers that do not learn. */
export interface FreezeOptions {
  /** Of G: `true` for all, or the beginnings of layers' names, e.g. `["down"]`. @default none */
  readonly generator?: true | readonly string[];
  /** Of D, likewise. @default none */
  readonly discriminator?: true | readonly string[];
  /** Only in the first steps, so many; all learn afterwards. @default always */
  readonly steps?: number;
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

/** Aspect-ratio policy. */
export type Fit =
  /** Stretched: all of the picture is kept, its aspect ratio is not. */
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
   * Layers that keep their weights, e.g. those of a network that `train --from` has taken over.
   * Batch norm's moving statistics follow all the same. @default none
   */
  readonly freeze?: FreezeOptions;
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
  /** How pictures of another aspect ratio or size are fitted. @default "resize" */
  readonly fit?: Fit;
  /** Height and width of the networks' pictures, pixels. @default `size` and `size` */
  readonly shape?: { readonly height: number; readonly width: number };
  /** Channels that the data source gives: 1 for grey, 3 for RGB. @default 3 and 3 */
  readonly channels?: { readonly input: number; readonly target: number };
  /** What the networks see of colours. @default "stored" */
  readonly colours?: Colours;
  readonly callbacks?: readonly Callback[];
}
