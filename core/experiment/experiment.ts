import { PairlabError } from "../base/errors.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import { nearest } from "../base/nearest.ts";

/** A parameter that takes one of a few words; the first is the default. */
export interface Choice<T extends string> {
  readonly choices: readonly [T, ...T[]];
}

/** What a parameter of an experiment can be. */
export type Parameter = number | string | boolean | Choice<string>;

/** The parameters that every experiment has. */
export interface StandardParameters {
  /** Passes over the training pairs. @default 100 */
  epochs: number;
  /** Pairs in one step. @default 1 */
  batch: number;
  /** Height and width of the networks' pictures, pixels. @default 256 */
  size: number;
  /** Decides every random number of the run. @default 23 */
  seed: number;
}

/** The type of a parameter's value, given its default: `2e-4` is a number, not the number 2e-4. */
export type ValueOf<P> = P extends Choice<infer T> ? T
  : P extends number ? number
  : P extends boolean ? boolean
  : string;

/** What `setup` receives: the experiment's own parameters and the standard ones. */
export type Parameters<D> =
  & { readonly [K in keyof D]: ValueOf<D[K]> }
  & Readonly<StandardParameters>;

/** Values by name, as they are recorded in run.json. */
export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

/** An experiment: its parameters (`P` by type) and how they become parts. */
export interface Experiment<P = ParameterValues> {
  /** Every parameter with its default value. */
  readonly defaults: ParameterValues;
  /** The words a parameter can take, for those that are a {@link choice}. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** Wires the parts for these values. */
  wire(values: P | ParameterValues): Wiring;
}

const STANDARD: Readonly<StandardParameters> = { epochs: 100, batch: 1, size: 256, seed: 23 };

/** Options of the command line: an experiment cannot have a parameter of the same name. */
const RESERVED = [
  ...["backend", "limit", "run", "help", "debug", "compile", "out"],
  ...["checkpoint-every", "not-finite"],
];

/**
 * A parameter that takes one of a few words.
 *
 * @example
 * ```ts
 * import { choice } from "./experiment.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(choice("alternate", "simultaneous").choices[0], "alternate");
 * ```
 */
export function choice<const T extends string>(first: T, ...others: T[]): Choice<T> {
  return { choices: [first, ...others] };
}

/**
 * Defines an experiment: the default export of a file in `experiments/`.
 *
 * @param defaults Parameters and their defaults, flat. Their types are the types of what the
 * command line accepts (`--rate=1e-4`). `epochs`, `batch`, `size` and `seed` need not be named.
 * @param setup Wires the parts. It must not touch files or tensors: it also runs when an experiment
 * is only checked or listed.
 * @throws {PairlabError} If a parameter has the name of an option of the command line.
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
  const values: Record<string, number | string | boolean> = { ...STANDARD };
  const choices: Record<string, readonly string[]> = {};
  for (const [key, value] of Object.entries(defaults)) {
    if (RESERVED.includes(key)) {
      throw new PairlabError(
        `Cannot define a parameter "${key}": it is an option of the command line, another name would work`,
      );
    }
    if (typeof value === "object") {
      values[key] = value.choices[0];
      choices[key] = value.choices;
    } else values[key] = value;
  }
  return {
    defaults: values,
    choices,
    // `override` and the defaults above give each key the type that D says.
    wire: (given) => setup(given as unknown as Parameters<D>),
  };
}

/**
 * The experiment's parameters with some of them replaced, as the command line gives them.
 *
 * @param given Texts by key; a boolean may be given as "" (`--mirror`).
 * @throws {PairlabError} For a key that does not exist (with the nearest one that does) or a text
 * that is not of the key's type.
 *
 * @example
 * ```ts
 * import { experiment, override } from "./experiment.ts";
 * import { assertEquals } from "@std/assert";
 * import type { Wiring } from "../interfaces/experiment.ts";
 *
 * declare const parts: Wiring;
 * const deblur = experiment({ lambda: 100 }, () => parts);
 * assertEquals(override(deblur, { lambda: "50" })["lambda"], 50);
 * ```
 */
export function override(
  experiment: Experiment,
  given: Readonly<Record<string, string>>,
): ParameterValues {
  const values = { ...experiment.defaults };
  for (const [key, text] of Object.entries(given)) {
    const fallback = experiment.defaults[key];
    if (!Object.hasOwn(experiment.defaults, key) || fallback === undefined) {
      const known = Object.keys(experiment.defaults);
      throw new PairlabError(
        `Cannot set "${key}": this experiment has no such parameter, ${
          suggest(key, known)
        } (it has ${known.join(", ")})`,
      );
    }
    values[key] = parse(key, text, fallback, experiment.choices[key]);
  }
  return checkStandard(values);
}

function suggest(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? "--help lists them" : `"${near}" would work`;
}

function parse(
  key: string,
  text: string,
  fallback: number | string | boolean,
  choices: readonly string[] | undefined,
): number | string | boolean {
  if (choices !== undefined) {
    if (choices.includes(text)) return text;
    const near = nearest(text, choices);
    throw new PairlabError(
      `Cannot set "${key}" to "${text}": ${near === undefined ? "" : `did you mean "${near}"? `}${
        choices.map((word) => `"${word}"`).join(" or ")
      } would work`,
    );
  }
  switch (typeof fallback) {
    case "number": {
      const value = text.trim() === "" ? NaN : Number(text);
      if (Number.isFinite(value)) return value;
      throw new PairlabError(
        `Cannot set "${key}" to "${text}": it is not a number, e.g. ${fallback} would work`,
      );
    }
    case "boolean":
      if (text === "" || text === "true") return true;
      if (text === "false") return false;
      throw new PairlabError(`Cannot set "${key}" to "${text}": true or false would work`);
    case "string":
      if (text !== "") return text;
      throw new PairlabError(
        `Cannot set "${key}" to nothing: a text, e.g. "${fallback}", would work`,
      );
  }
}

/** Refuses values of the standard parameters that no experiment could run with. */
function checkStandard(values: ParameterValues): ParameterValues {
  const positive = ["epochs", "batch", "size"];
  for (const key of [...positive, "seed"]) {
    const value = values[key];
    const least = positive.includes(key) ? 1 : 0;
    if (!Number.isInteger(value) || Number(value) < least || Number(value) >= 2 ** 31) {
      throw new PairlabError(
        `Cannot set "${key}" to ${value}: a whole number from ${least} to 2147483647 would work`,
      );
    }
  }
  return values;
}
