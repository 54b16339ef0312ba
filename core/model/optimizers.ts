/** The optimizers of both networks. */
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

/** The learning rates of a step. */
export function ratesAt(
  optimizers: Optimizers,
  progress: Progress,
): { generator: number; discriminator: number } {
  const at = (rate: Rate): number => typeof rate === "number" ? rate : rate(progress);
  return {
    generator: at(optimizers.generator.rate),
    discriminator: at(optimizers.discriminator.rate),
  };
}
