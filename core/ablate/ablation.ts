/** The contents of a matrix file: an experiment, its variants, seeds and scales. */
import { PairlabError } from "../base/errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { ParameterValues } from "../experiment/parameters.ts";
import type { Launcher } from "../interfaces/launchers.ts";
import type { Metric, SetMetric } from "../interfaces/metrics.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import { checkParameters } from "../experiment/parameters.ts";
import type { Variant } from "../experiment/vary.ts";

/** Options of {@link ablation}; `P` are the experiment's parameters, `V` the variants' names. */
export interface AblationOptions<P, V extends string> {
  /** One line above the table. */
  readonly title: string;
  /** The experiment to vary: `experiment(…)`, here or imported from its file. */
  readonly experiment: Experiment<P>;
  /** The variants by name, in the order of the table's rows. */
  readonly variants: Readonly<Record<V, Variant<NoInfer<P>>>>;
  /** Metrics of the test pictures: the table's columns. */
  readonly metrics: readonly (Metric | SetMetric)[];
  /** Each variant is trained with each seed. @default [1, 2, 3] */
  readonly seeds?: readonly number[];
  /** Parameters by the name of a scale; the first is the default. @default the experiment's own */
  readonly scale?: Readonly<Record<string, Partial<Omit<NoInfer<P>, "seed">>>>;
  /** The variant that the others are tested against. @default the last one */
  readonly reference?: NoInfer<V>;
  /**
   * How the test pictures are predicted. For trainings with larger batches, `running` is fairer: they
   * never saw the statistics of a single picture.
   * @default "paper"
   */
  readonly mode?: InferenceMode;
  /** Number of test pictures in strips. @default 4 */
  readonly strips?: number;
  /** Runs the cells where the command line names no launcher. @default local() */
  readonly launcher?: Launcher;
}

/** A checked matrix, without the types of its parameters. */
export interface Ablation {
  readonly title: string;
  readonly experiment: Experiment;
  /** In the order of the table's rows. */
  readonly variants: ReadonlyMap<string, Variant<ParameterValues>>;
  readonly seeds: readonly number[];
  /** The first is the default. */
  readonly scales: ReadonlyMap<string, ParameterValues>;
  readonly metrics: readonly (Metric | SetMetric)[];
  readonly reference: string;
  readonly mode: InferenceMode;
  readonly strips: number;
  readonly launcher?: Launcher | undefined;
}

/** The scale of a matrix that names none. */
const ONLY_SCALE = "full";

/**
 * Defines an ablation: the default export of a matrix file for `deno task ablate FILE`.
 *
 * @throws {PairlabError} If the matrix cannot be run, e.g. without variants.
 *
 * @example
 * ```ts
 * import { ablation } from "./ablation.ts";
 * import { experiment } from "../experiment/experiment.ts";
 * import type { Wiring } from "../interfaces/experiment.ts";
 * import { patchGan } from "../../plugins/discriminators/patch_gan.ts";
 * import { l1 } from "../../plugins/losses/l1.ts";
 * import { psnr } from "../../plugins/metrics/psnr.ts";
 * import { assertEquals } from "@std/assert";
 *
 * declare const parts: Wiring;
 * const matrix = ablation({
 *   title: "Losses and fields",
 *   experiment: experiment({ lambda: 100, field: 70 }, () => parts),
 *   variants: {
 *     "L1": { losses: { l1: l1() }, discriminator: undefined },
 *     "weak L1": { parameters: { lambda: 1 } },
 *     "other field": (p) => ({ discriminator: patchGan({ receptiveField: p.field }) }),
 *   },
 *   metrics: [psnr()],
 *   scale: { quick: { size: 64, epochs: 5 }, paper: {} },
 * });
 * assertEquals(matrix.reference, "other field");
 * ```
 */
export function ablation<P, const V extends string>(options: AblationOptions<P, V>): Ablation {
  const { title, experiment, metrics, seeds = [1, 2, 3], mode = "paper", strips = 4 } = options;
  const { launcher } = options;
  const variants = new Map(Object.entries<Variant<P>>(options.variants));
  const scales = new Map(Object.entries(options.scale ?? { [ONLY_SCALE]: {} }));
  const names = [...variants.keys()];
  checkNames(names);
  checkSeeds(seeds);
  if (metrics.length === 0) {
    throw new PairlabError("Cannot compare variants: metrics is empty. Add one, e.g. psnr().");
  }
  if (!Number.isInteger(strips) || strips < 0) {
    throw new PairlabError(`Cannot show ${strips} pictures in strips. Use a whole number.`);
  }
  if (scales.size === 0) throw new PairlabError("Cannot choose a scale: the matrix names none");
  for (const [scale, parameters] of scales) {
    checkParameters(`the scale "${scale}"`, parameters, experiment);
  }
  for (const [name, variant] of variants) {
    if (typeof variant === "function") continue;
    checkParameters(`the variant "${name}"`, variant.parameters ?? {}, experiment);
  }
  const reference: string = options.reference ?? names.at(-1) ?? "";
  if (!variants.has(reference)) {
    throw new PairlabError(
      `Cannot test against "${reference}": there is no such variant. Use one of ${
        names.map((name) => `"${name}"`).join(", ")
      }.`,
    );
  }
  // From here on, parameters are looked up by name, without the type P.
  const untyped = { experiment, variants, scales } as unknown as Ablation;
  return { ...untyped, title, metrics, seeds, reference, mode, strips, launcher };
}

function checkNames(names: readonly string[]): void {
  if (names.length === 0) {
    throw new PairlabError("Cannot run the matrix: it has no variants. Add one.");
  }
  for (const name of names) {
    // Whole numbers as keys would lose their order.
    if (/^\d+$/.test(name) || name.trim() === "") {
      throw new PairlabError(
        `Cannot name a variant "${name}": it is ${
          name.trim() === "" ? "empty" : "a number"
        }. Use a word, e.g. "${name.trim() || 1}x".`,
      );
    }
  }
}

/** Seeds that trainings can have, each once. */
export function checkSeeds(seeds: readonly number[]): void {
  const unfit = seeds.find((seed) => !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31);
  if (unfit !== undefined) {
    throw new PairlabError(
      `Cannot train with the seed ${unfit}: use whole numbers from 0 to 2147483647.`,
    );
  }
  if (seeds.length === 0 || new Set(seeds).size < seeds.length) {
    throw new PairlabError(
      `Cannot train with the seeds "${seeds.join(", ")}": use at least one, each once.`,
    );
  }
}
