/** The variants of a matrix as experiments. */
import { PairlabError } from "../base/errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { ParameterValues } from "../experiment/parameters.ts";
import { changesOf, type Variant, vary } from "../experiment/vary.ts";
import type { Ablation } from "./ablation.ts";

/**
 * A variant of a matrix at a scale, as an experiment: its defaults are the experiment's, changed by
 * the scale and then by the variant.
 *
 * @throws {PairlabError} If the matrix has no such variant or scale.
 */
export function variantExperiment(
  ablation: Ablation,
  { variant: name, scale }: { readonly variant: string; readonly scale: string },
): Experiment {
  const { experiment } = ablation;
  const defaults = { ...experiment.defaults, ...scaleOf(ablation, scale) };
  return vary({ ...experiment, defaults }, variantOf(ablation, name));
}

/** The label of a variant in tables. */
export function labelOf(ablation: Ablation, name: string, values: ParameterValues): string {
  const variant = variantOf(ablation, name);
  return changesOf(variant, ablation.experiment.wire(values), values).label ?? name;
}

/**
 * A key for the data of a cell: cells with the same key have the same data.
 */
export function dataKey(ablation: Ablation, name: string, values: ParameterValues): string {
  const wiring = ablation.experiment.wire(values);
  const { data } = changesOf(variantOf(ablation, name), wiring, values);
  const own = data !== undefined && data !== wiring.data;
  return JSON.stringify([own ? name : null, values]);
}

/**
 * The parameters of a matrix at a scale.
 *
 * @throws {PairlabError} If it has no such scale.
 */
export function scaleOf(ablation: Ablation, scale: string): ParameterValues {
  const parameters = ablation.scales.get(scale);
  if (parameters !== undefined) return parameters;
  throw new PairlabError(
    `Cannot run at the scale "${scale}": the matrix has ${
      [...ablation.scales.keys()].map((name) => `"${name}"`).join(", ")
    }`,
  );
}

function variantOf({ variants }: Ablation, name: string): Variant<ParameterValues> {
  const variant = variants.get(name);
  if (variant !== undefined) return variant;
  throw new PairlabError(
    `Cannot run the variant "${name}": the matrix has ${
      [...variants.keys()].map((known) => `"${known}"`).join(", ")
    }`,
  );
}
