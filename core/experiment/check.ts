/** The whole experiment, checked before anything is loaded. */
import { withShapesOnly } from "../backends/shapes.ts";
import { guardParts } from "./guard.ts";
import { checkDynamics } from "./check_dynamics.ts";
import { networkShape } from "../model/colours.ts";
import { PairlabError } from "../base/errors.ts";
import { buildNetworks, checkNetworks, countParameters } from "../model/networks.ts";
import type { Callback } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import { checkPartTypes, HOOKS, LOSS_METHODS } from "./parts.ts";
import type { Loss } from "../interfaces/objectives.ts";
import { receptiveField } from "../model/receptive_field.ts";
import { nearest } from "../base/nearest.ts";

/** What a check found out about the networks. */
export interface Findings {
  /** Numbers that gradients change. */
  readonly generatorParameters: number;
  /** 0 without a discriminator. */
  readonly discriminatorParameters: number;
  /** Side of the patch that one of D's logits sees, pixels; 0 without a discriminator. */
  readonly receptiveField: number;
}

/**
 * Checks the parts and how they fit, without data and without an engine: both networks are built
 * as shapes only.
 *
 * @param shape Of the pictures.
 * @throws {PairlabError} Naming the part, what was found, and what to use instead.
 */
export function checkExperiment(wiring: Wiring, shape: TaskShape): Findings {
  checkPartTypes(wiring);
  checkLosses(wiring);
  checkDynamics(wiring);
  for (const callback of wiring.callbacks ?? []) checkHooks(callback);
  return withShapesOnly(() => {
    const networks = buildNetworks(guardParts(wiring), shape, 0);
    checkNetworks(networks, networkShape(shape, wiring.colours));
    const { generator, discriminator } = networks;
    return {
      generatorParameters: countParameters(generator),
      discriminatorParameters: discriminator === undefined ? 0 : countParameters(discriminator),
      receptiveField: discriminator === undefined ? 0 : receptiveField(discriminator).height,
    };
  });
}

function checkLosses({ losses, discriminator }: Wiring): void {
  const all = Object.entries(losses);
  if (!all.some(([, loss]) => loss.generator)) {
    throw new PairlabError(
      "Cannot train the generator: no loss has a term for it. Add for example l1() or gan().",
    );
  }
  for (const [name, loss] of all) checkMembers(`the loss "${name}"`, loss, LOSS_METHODS);
  const judging = all.filter(([, loss]) => loss.discriminator).map(([name]) => `"${name}"`);
  if (discriminator === undefined && judging.length > 0) {
    throw new PairlabError(
      `Cannot use the loss ${
        judging.join(", ")
      }: it needs a discriminator. Add for example discriminator: patchGan({ receptiveField: 70 }).`,
    );
  }
  if (discriminator !== undefined && judging.length === 0) {
    throw new PairlabError(
      "Cannot train the discriminator: no loss has a term for it. Leave the discriminator out, or add gan().",
    );
  }
}

/** Rejects a callback with a method whose name is almost that of a hook. */
export function checkHooks(callback: Callback): void {
  checkMembers(`the callback "${callback.name}"`, callback, HOOKS);
}

/** A misspelt method would silently never be called. */
function checkMembers(what: string, part: Loss | Callback, known: readonly string[]): void {
  for (const [key, value] of Object.entries(part)) {
    if (typeof value !== "function" || known.includes(key)) continue;
    const near = nearest(key, known);
    if (near === undefined) continue;
    throw new PairlabError(
      `Cannot use ${what}: its method "${key}" would never be called. Did you mean "${near}"?`,
    );
  }
}
