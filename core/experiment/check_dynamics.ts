/** How a training is to go, checked before anything is loaded. */
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import { checkRate, optimizersOf } from "../model/optimizers.ts";

/**
 * Checks whose turn it is when, and how G is averaged, what is replayed, and what schedules go by.
 *
 * @throws {PairlabError} For numbers that cannot be, and for what excludes each other.
 */
export function checkDynamics(wiring: Wiring): void {
  checkTurns(wiring);
  checkAverage(wiring);
  checkReplay(wiring);
  checkSchedules(wiring);
}

function checkTurns({ discriminator, discriminatorSteps = 1, generatorSteps = 1 }: Wiring): void {
  for (const [name, steps] of Object.entries({ discriminatorSteps, generatorSteps })) {
    if (Number.isInteger(steps) && steps >= 1) continue;
    throw new PairlabError(
      `Cannot train with ${name}: ${steps}. Use a whole number from 1 on.`,
    );
  }
  if (discriminatorSteps > 1 && generatorSteps > 1) {
    throw new PairlabError(
      `Cannot train with discriminatorSteps: ${discriminatorSteps} and generatorSteps: ${generatorSteps}: one network must learn in every step. Leave one of them out.`,
    );
  }
  if (discriminator === undefined && discriminatorSteps + generatorSteps > 2) {
    throw new PairlabError(
      "Cannot let networks take turns: there is no discriminator. Leave discriminatorSteps and generatorSteps out.",
    );
  }
}

function checkAverage({ average }: Wiring): void {
  if (average === undefined || (average.decay > 0 && average.decay < 1)) return;
  throw new PairlabError(
    `Cannot average weights with decay: ${average.decay}. Use more than 0 and less than 1, e.g. 0.999.`,
  );
}

function checkReplay({ replay, discriminator }: Wiring): void {
  if (replay === undefined) return;
  const { size, probability = 0.5 } = replay;
  if (!Number.isInteger(size) || size < 0) {
    throw new PairlabError(
      `Cannot replay from a pool of size: ${size}. Use a whole number, e.g. 50, or 0 for no pool.`,
    );
  }
  if (!(probability >= 0 && probability <= 1)) {
    throw new PairlabError(
      `Cannot replay with probability: ${probability}. Use a number from 0 to 1.`,
    );
  }
  if (size > 0 && discriminator === undefined) {
    throw new PairlabError(
      "Cannot replay fakes: there is no discriminator to show them to. Leave replay out.",
    );
  }
}

/** A schedule that waits for what never comes would silently do nothing. */
function checkSchedules(wiring: Wiring): void {
  const networks = ["generator", "discriminator"] as const;
  const losses = networks.flatMap((network) => {
    const terms = Object.entries(wiring.losses).filter(([, loss]) => loss[network]);
    return terms.length === 0 ? [] : [network, ...terms.map(([name]) => `${network}.${name}`)];
  });
  const recorded = (wiring.callbacks ?? []).flatMap(({ records = [] }) => records);
  const known = [...losses, ...recorded];
  for (const { rate } of Object.values(optimizersOf(wiring))) {
    if (typeof rate === "number") checkRate(rate);
    if (typeof rate === "number" || rate.watches === undefined) continue;
    if (known.includes(rate.watches)) continue;
    throw new PairlabError(
      `Cannot let a rate follow "${rate.watches}": no loss has this name, and no callback records it. ${
        suggest(rate.watches, known)
      } For a metric, add evaluateEvery(1, { metrics: [psnr()] }) to the callbacks.`,
    );
  }
}
