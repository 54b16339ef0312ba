/**
 * What a measuring process and the processes that it measures say to each other, a line of JSON each.
 *
 * Steppers are programs of their own, in TypeScript and in Python: so they share no memory and no
 * threads, and can be driven in turn.
 *
 * @module
 */
import { z } from "zod";
import { ENGINE_CHOICES } from "../../core/backends/engines.ts";

/** What a stepper is asked to do. */
export type Order =
  /** Take steps; it answers with a {@link TakenStep} for each. */
  | { readonly do: "steps"; readonly count: number }
  /**
   * Weights and pictures to and from files, or all that a training goes on from (`keep`, `restore`);
   * it answers with {@link Done}.
   */
  | { readonly do: Transfer; readonly path: string }
  /** G of each picture of a file, without dropout, to another file; it answers with {@link Done}. */
  | { readonly do: "predict"; readonly path: string; readonly to: string };

/** What goes to a file or comes from one. */
export type Transfer = "save" | "load" | "pictures" | "keep" | "restore";

/** Said once the networks are built. */
export const Ready = z.object({
  /** The program that computes, e.g. `tensorflow`. */
  engine: z.string(),
  version: z.string(),
  threads: z.int().positive(),
  /** How the step is run, e.g. `off`, `on`, `xla`. */
  compile: z.string(),
  /** Pairlab says in which order it updates, and how large a patch D's logits see; 0 without D. */
  order: z.enum(["alternate", "simultaneous"]).optional(),
  receptiveField: z.int().nonnegative().optional(),
  /** Pairlab says on what it trains: pixels of the pictures' sides, pairs in a step. */
  size: z.int().positive().optional(),
  batch: z.int().positive().optional(),
  /** What a step must compute at the least; Pairlab says it. */
  flops: z.number().positive().optional(),
});
export type Ready = z.infer<typeof Ready>;

/** Said after each step. */
export const TakenStep = z.object({
  milliseconds: z.number().nonnegative(),
  /** JSON has no word for a number that is none: null stands for it. */
  losses: z.record(z.string(), z.number().nullable().transform((loss) => loss ?? NaN)),
  /** The most memory that the process has had at once. */
  peakBytes: z.number().nonnegative(),
});
export type TakenStep = z.infer<typeof TakenStep>;

/** Said when a file is read or written. */
export const Done = z.object({ done: z.literal(true) });

/** What a stepper of Pairlab's own is told when it is started. */
export const StepperOptions = z.object({
  experiment: z.string(),
  backend: z.enum(ENGINE_CHOICES),
  compile: z.enum(["off", "on", "xla"]),
  /** The experiment's own unless given. */
  size: z.int().positive().optional(),
  /** The experiment's own unless given. */
  batch: z.int().positive().optional(),
  /** The experiment's own unless given. */
  order: z.enum(["alternate", "simultaneous"]).optional(),
  /** The experiment's own unless given. */
  receptiveField: z.int().positive().optional(),
  /** Channels of both networks, as multiples of the paper's; the experiment's own unless given. */
  width: z.number().positive().optional(),
  /** Decoder blocks of the paper's U-Net that drop out; the experiment's own unless given. */
  dropout: z.int().nonnegative().optional(),
  threads: z.int().positive().optional(),
  /** Decides the first weights and the dropout. */
  seed: z.int().nonnegative().optional(),
  /** Every convolution directly, and none by tiles. */
  exact: z.boolean().optional(),
});
export type StepperOptions = z.infer<typeof StepperOptions>;
