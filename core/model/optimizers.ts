/** The optimizers of both networks. */
import { PairlabError } from "../base/errors.ts";
import { type Networks, trainableVariables } from "./networks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Optimizer, Progress, Rate, UpdateRule } from "../interfaces/objectives.ts";

/** The update rule of each network. */
export interface Updates {
  readonly generator: UpdateRule;
  readonly discriminator?: UpdateRule;
}

/** The optimizer of each network. */
export interface Optimizers {
  readonly generator: Optimizer;
  readonly discriminator: Optimizer;
}

/** The optimizers of an experiment; a single one serves both networks. */
export function optimizersOf({ optimizer }: Wiring): Optimizers {
  return "start" in optimizer ? { generator: optimizer, discriminator: optimizer } : optimizer;
}

/** Starts the optimizers on the networks' trainable variables. */
export function startOptimizers(
  { generator, discriminator }: Networks,
  optimizers: Optimizers,
): Updates {
  const forG = optimizers.generator.start(trainableVariables(generator));
  if (discriminator === undefined) return { generator: forG };
  const forD = optimizers.discriminator.start(trainableVariables(discriminator));
  return { generator: forG, discriminator: forD };
}

/**
 * The learning rates of a step.
 *
 * @throws {PairlabError} For a rate that {@link checkRate} rejects.
 */
export function ratesAt(
  optimizers: Optimizers,
  progress: Progress,
): { generator: number; discriminator: number } {
  const at = (rate: Rate): number =>
    checkRate(typeof rate === "number" ? rate : rate(progress), ` in step ${progress.step + 1}`);
  return {
    generator: at(optimizers.generator.rate),
    discriminator: at(optimizers.discriminator.rate),
  };
}

/**
 * Checks a learning rate.
 *
 * @param when Follows the rate in the message.
 * @throws {PairlabError} If it is negative, infinite or not a number.
 */
export function checkRate(rate: number, when = ""): number {
  if (typeof rate === "number" && rate >= 0 && rate < Infinity) return rate;
  throw new PairlabError(
    `Cannot train with a learning rate of ${rate}${when}. Use a number from 0 on, e.g. 2e-4.`,
  );
}
