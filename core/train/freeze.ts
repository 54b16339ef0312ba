/** Layers that do not learn, always or in the first steps. */
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";
import type { FreezeOptions } from "../interfaces/experiment.ts";
import { namedVariables, type Networks } from "../model/networks.ts";

/**
 * The variables that do not learn.
 *
 * @throws {PairlabError} If a network has no layer of a name.
 */
export function frozenVariables(networks: Networks, freeze: FreezeOptions = {}): Set<Variable> {
  return new Set((["generator", "discriminator"] as const).flatMap((network) => {
    const layers = freeze[network], model = networks[network];
    if (layers === undefined) return [];
    if (model === undefined) {
      throw new PairlabError(
        `Cannot freeze layers of the ${network}: the experiment has none. Leave out freeze.${network}.`,
      );
    }
    return layers === true
      ? [...namedVariables(model).values()]
      : layers.flatMap((layer) => variablesOf(network, model, layer));
  }));
}

function variablesOf(network: string, model: LayersModel, beginning: string): Variable[] {
  const named = [...namedVariables(model)];
  const found = named.filter(([name]) => name.startsWith(beginning));
  if (found.length > 0) return found.map(([, variable]) => variable);
  const layers = [...new Set(named.map(([name]) => name.split("/")[0]!))];
  throw new PairlabError(
    `Cannot freeze "${beginning}": no layer of the ${network} begins so. ${
      suggest(beginning, layers, `It has ${layers.join(", ")}.`)
    }`,
  );
}

/** Runs an update, after which these variables have the values that they had: weights may decay. */
export function keepValues(variables: ReadonlySet<Variable>, update: () => void): void {
  const values = [...variables].map((variable) => [variable, variable.clone()] as const);
  update();
  for (const [variable, value] of values) variable.assign(value);
}

/** Whether they are frozen in a step, 1 for the first. */
export function isFrozen(step: number, freeze: FreezeOptions | undefined): boolean {
  return freeze !== undefined && step <= (freeze.steps ?? Infinity);
}
