import { PairlabError } from "../base/errors.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import {
  type DeclaredParameters,
  type Parameter,
  type Parameters,
  type ParameterValues,
  STANDARD,
} from "./parameters.ts";

/** An experiment: its parameters (`P` by type) and how they become parts. */
export interface Experiment<P = ParameterValues> extends DeclaredParameters {
  /** Wires the parts for these values. */
  wire(values: P | ParameterValues): Wiring;
}

/** Options of the command line: an experiment cannot have a parameter of the same name. */
const RESERVED = [
  ...["backend", "limit", "run", "help", "debug", "compile", "out"],
  ...["checkpoint-every", "not-finite"],
];

/**
 * Defines an experiment: the default export of a file in `experiments/`.
 *
 * @param defaults Parameters and their defaults, flat. Their types are the types that the command
 * line accepts (`--rate=1e-4`). `epochs`, `batch`, `size` and `seed` need not be named.
 * @param setup Wires the parts. It must not touch files or tensors: it also runs when an experiment
 * is only checked or listed.
 * @throws {PairlabError} If a parameter has the name of a command-line option.
 *
 * @example
 * ```ts
 * import { experiment } from "./experiment.ts";
 * import { assertEquals } from "@std/assert";
 * import type { Wiring } from "../interfaces/experiment.ts";
 *
 * declare const parts: Wiring;
 * const deblur = experiment({ lambda: 100 }, () => parts);
 * assertEquals(deblur.defaults, { epochs: 100, batch: 1, size: 256, seed: 23, lambda: 100 });
 * ```
 */
export function experiment<const D extends Readonly<Record<string, Parameter>>>(
  defaults: D,
  setup: (parameters: Parameters<D>) => Wiring,
): Experiment<Parameters<D>> {
  const values: ParameterValues = { ...STANDARD };
  const choices: Record<string, readonly string[]> = {};
  for (const [key, value] of Object.entries(defaults)) {
    if (RESERVED.includes(key)) {
      throw new PairlabError(
        `Cannot define a parameter "${key}": it is an option of the command line. Use another name.`,
      );
    }
    if (typeof value === "object") choices[key] = value.choices;
    Object.assign(values, { [key]: typeof value === "object" ? value.choices[0] : value });
  }
  return {
    defaults: values,
    choices,
    // `override` and the defaults above give each key the type that D says.
    wire: (given) => setup(given as unknown as Parameters<D>),
  };
}
