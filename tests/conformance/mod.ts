/**
 * The suites that every plug-in of Pairlab passes, for your own plug-ins.
 *
 * Write a test file with one line per plug-in, in any folder; `deno task try FILE` runs it.
 * `docs/README.md` lists a guide for each kind.
 *
 * @example A test file, mine/l2_test.ts
 * ```ts ignore
 * import { conformance } from "../tests/conformance/mod.ts";
 * import { l2 } from "./l2.ts";
 *
 * conformance.loss("l2", () => l2());
 * ```
 *
 * @module
 */
import type { Ablation } from "../../core/ablate/ablation.ts";
import type { Experiment } from "../../core/experiment/experiment.ts";
import type {
  Augment,
  Callback,
  DataSource,
  Degradation,
  Discriminator,
  Generator,
  Launcher,
  Loss,
  Metric,
  Optimizer,
  Schedule,
  SetMetric,
} from "../../core/plugin.ts";
import { conformsAsAblation } from "./ablation.ts";
import { type AugmentNeeds, conformsAsAugment } from "./augment.ts";
import { type CallbackNeeds, conformsAsCallback } from "./callback.ts";
import { conformsAsDataSource, type DataSourceNeeds } from "./data_source.ts";
import { conformsAsDegradation, type DegradationNeeds } from "./degradation.ts";
import { conformsAsDiscriminator } from "./discriminator.ts";
import { conformsAsExperiment, type ExperimentNeeds } from "./experiment.ts";
import { conformsAsGenerator } from "./generator.ts";
import { conformsAsLauncher, type LauncherNeeds } from "./launcher.ts";
import { conformsAsLoss, type LossNeeds } from "./loss.ts";
import { conformsAsMetric, conformsAsSetMetric, type MetricNeeds } from "./metric.ts";
import type { NetworkNeeds } from "./network.ts";
import { conformsAsOptimizer } from "./optimizer.ts";
import { conformsAsSchedule } from "./schedule.ts";

export { taskOf } from "./network.ts";
export type {
  AugmentNeeds,
  CallbackNeeds,
  DataSourceNeeds,
  DegradationNeeds,
  ExperimentNeeds,
  LauncherNeeds,
  LossNeeds,
  MetricNeeds,
  NetworkNeeds,
};

/**
 * The suites by kind of plug-in. Call one at the top of a test file; `name` is the plug-in's name in
 * test names.
 *
 * Pass networks themselves, which are built anew for each shape and seed. For other plug-ins pass a
 * function that makes one, because a suite needs several that share nothing.
 */
export interface Conformance {
  /**
   * Shapes, range, batches, gradients that reach every weight, seeds, names, modes, serialisation,
   * leaks, compilation.
   *
   * @param needs Shapes that it takes (it is run on the first, so keep that small) and rejects.
   * @default 64x64, 128x64 and 256x256, three channels
   */
  generator(name: string, generator: Generator, needs?: NetworkNeeds): void;
  /** As {@link Conformance.generator}, and logits, features and second derivatives. */
  discriminator(name: string, discriminator: Discriminator, needs?: NetworkNeeds): void;
  /** Finite values and gradients, also of extremes; every picture counts; purity, leaks, compilation. */
  loss(name: string, make: () => Loss, needs?: LossNeeds): void;
  /** Direction of updates, state, resuming, leaks, compilation. */
  optimizer(name: string, make: () => Optimizer): void;
  /** Rates over whole trainings, which depend only on progress. */
  schedule(name: string, make: () => Schedule): void;
  /** Names, splits, loading in any order and again, fingerprints, errors, streams. */
  data(name: string, make: () => DataSource, needs?: DataSourceNeeds): void;
  /** Sizes, channels and depths; both pictures alike; streams; nothing given is changed. */
  augment(name: string, make: () => Augment, needs?: AugmentNeeds): void;
  /** Sizes, channels and depths; what is recorded; streams; nothing given is changed. */
  degradation(name: string, make: () => Degradation, needs?: DegradationNeeds): void;
  /** Description; a number for each picture, also of extremes; company; purity, leaks. */
  metric(name: string, make: () => Metric, needs?: MetricNeeds): void;
  /** For measures of whole sets, such as FID: batches, sets at once, leaks. */
  setMetric(name: string, make: () => SetMetric, needs?: Pick<MetricNeeds, "size">): void;
  /** Hooks in small trainings, state as JSON, resuming, failures, leaks; it changes no training. */
  callback(name: string, make: () => Callback, needs?: CallbackNeeds): void;
  /**
   * The whole: parameters, shapes, data, three steps, seed, resuming, prediction.
   *
   * @param needs Parameters that make it small enough for the engine cpu.
   */
  experiment<P>(name: string, experiment: Experiment<P>, needs?: ExperimentNeeds): void;
  /** Every variant of a matrix at every scale fits together; nothing is trained. */
  ablation(name: string, ablation: Ablation): void;
  /** Each cell once, its log, limits, stopping, cancelling, names that no shell may execute. */
  launcher(name: string, make: () => Launcher, needs?: LauncherNeeds): void;
}

/**
 * The suites for all kinds of plug-ins.
 *
 * @example
 * ```ts
 * import { conformance } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * // At the top of a test file: conformance.schedule("constant", () => constant(2e-4));
 * assertEquals(typeof conformance.schedule, "function");
 * ```
 */
export const conformance: Conformance = {
  generator: conformsAsGenerator,
  discriminator: conformsAsDiscriminator,
  loss: conformsAsLoss,
  optimizer: conformsAsOptimizer,
  schedule: conformsAsSchedule,
  data: conformsAsDataSource,
  augment: conformsAsAugment,
  degradation: conformsAsDegradation,
  metric: conformsAsMetric,
  setMetric: conformsAsSetMetric,
  callback: conformsAsCallback,
  experiment: conformsAsExperiment,
  ablation: conformsAsAblation,
  launcher: conformsAsLauncher,
};
