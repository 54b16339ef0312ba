/** The two optimizers at work. */
import { type Networks, trainableVariables } from "./networks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Optimizer, Progress, Rate, UpdateRule } from "../interfaces/objectives.ts";

/** What updates each network. */
export interface Updates {
  readonly generator: UpdateRule;
  readonly discriminator?: UpdateRule;
}

/** The optimizer of each network. */
export interface Optimizers {
  readonly generator: Optimizer;
  readonly discriminator: Optimizer;
}

/** The optimizers of an experiment, which may be one for both networks. */
export function optimizersOf({ optimizer }: Wiring): Optimizers {
  return "start" in optimizer ? { generator: optimizer, discriminator: optimizer } : optimizer;
}

/** Starts the optimizers on the networks' variables. */
export function startOptimizers(
  { generator, discriminator }: Networks,
  optimizers: Optimizers,
): Updates {
  const forG = optimizers.generator.start(trainableVariables(generator));
  if (discriminator === undefined) return { generator: forG };
  const forD = optimizers.discriminator.start(trainableVariables(discriminator));
  return { generator: forG, discriminator: forD };
}

/** The rates of a step, as numbers. */
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
