/** The parameters of an experiment: their types, defaults and values. */
import { z } from "zod";
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";

/** A parameter that takes one of a few words; the first is the default. */
export interface Choice<T extends string> {
  readonly choices: readonly [T, ...T[]];
}

/** The default of a parameter, or the words it takes. */
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

/** The standard parameters' defaults. */
export const STANDARD: Readonly<StandardParameters> = {
  epochs: 100,
  batch: 1,
  size: 256,
  seed: 23,
};

/** The value of a parameter. */
export type ParameterValue = number | string | boolean;

/** Every parameter's value by name. */
export type ParameterValues =
  & Readonly<StandardParameters>
  & Readonly<Record<string, ParameterValue>>;

/** A parameter's value in a JSON file. */
export const ParameterValueJson: z.ZodType<ParameterValue> = z.union([
  z.number(),
  z.string(),
  z.boolean(),
]);

/** Every parameter's value in a JSON file, e.g. run.json. */
export const ParameterValuesJson: z.ZodType<ParameterValues> = z.object({
  epochs: z.number(),
  batch: z.number(),
  size: z.number(),
  seed: z.number(),
}).catchall(ParameterValueJson);

/** New values for some parameters; a text is read as the parameter's own type. */
export type GivenParameters = Readonly<Record<string, ParameterValue>>;

/** The type of a parameter's value, given its default: `2e-4` is a number, not the number 2e-4. */
export type ValueOf<P> = P extends Choice<infer T> ? T
  : P extends number ? number
  : P extends boolean ? boolean
  : string;

/** What `setup` receives: the experiment's own parameters and the standard ones. */
export type Parameters<D> =
  & { readonly [K in keyof D]: ValueOf<D[K]> }
  & Readonly<StandardParameters>;

/** The parameters that an experiment declares. */
export interface DeclaredParameters {
  /** Every parameter with its default value. */
  readonly defaults: ParameterValues;
  /** The words that a parameter takes, for each {@link choice}. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/**
 * A parameter that takes one of a few words.
 *
 * @example
 * ```ts
 * import { choice } from "./parameters.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(choice("alternate", "simultaneous").choices[0], "alternate");
 * ```
 */
export function choice<const T extends string>(first: T, ...others: T[]): Choice<T> {
  return { choices: [first, ...others] };
}

/**
 * The experiment's parameters with some values replaced.
 *
 * @param given Values by key. A text is read as the key's type, as the command line gives it; for a
 * boolean, "" is true (`--mirror`).
 * @throws {PairlabError} For an unknown key (with the nearest one) or a value of the wrong type.
 *
 * @example
 * ```ts
 * import { experiment } from "./experiment.ts";
 * import { override } from "./parameters.ts";
 * import { assertEquals } from "@std/assert";
 * import type { Wiring } from "../interfaces/experiment.ts";
 *
 * declare const parts: Wiring;
 * const deblur = experiment({ lambda: 100 }, () => parts);
 * assertEquals(override(deblur, { lambda: "50", epochs: 3 }), { ...deblur.defaults, lambda: 50, epochs: 3 });
 * ```
 */
export function override(experiment: DeclaredParameters, given: GivenParameters): ParameterValues {
  const values: ParameterValues = { ...experiment.defaults };
  for (const [key, value] of Object.entries(given)) {
    checkKey(key, `Cannot set "${key}"`, experiment);
    const read = typeof value === "string" ? readText(key, value, experiment) : value;
    const to = value === "" ? "nothing" : `"${value}"`;
    checkValue(key, read, `Cannot set "${key}" to ${to}`, experiment);
    Object.assign(values, { [key]: read });
  }
  checkStandard(values);
  return values;
}

/**
 * Checks the values that a variation or a scale sets, before it is used. The seed is the run's own.
 *
 * @param where Sets them, in messages: `a variation`.
 * @throws {PairlabError} For an unknown key or a value of the wrong type.
 */
export function checkParameters(
  where: string,
  given: object,
  experiment: DeclaredParameters,
): void {
  for (const [key, value] of Object.entries(given)) {
    if (key === "seed") {
      throw new PairlabError(
        `Cannot set the seed in ${where}: each run has its own. Use seeds: [${value}] in an ablation, or --seed=${value}.`,
      );
    }
    checkKey(key, `Cannot set "${key}" in ${where}`, experiment, ["seed"]);
    checkValue(key, value, `Cannot set "${key}" to "${value}" in ${where}`, experiment);
  }
}

function checkKey(
  key: string,
  cannot: string,
  { defaults }: DeclaredParameters,
  hidden: readonly string[] = [],
): void {
  if (Object.hasOwn(defaults, key)) return;
  const known = Object.keys(defaults).filter((name) => !hidden.includes(name));
  throw new PairlabError(
    `${cannot}: the experiment has no such parameter. ${suggest(key, known)}`,
  );
}

function checkValue(
  key: string,
  value: unknown,
  cannot: string,
  { defaults, choices }: DeclaredParameters,
): void {
  const fallback = defaults[key], words = choices[key];
  const type = typeof fallback;
  if (words !== undefined) {
    if (words.includes(value as string)) return;
    throw new PairlabError(`${cannot}. ${suggest(String(value), words)}`);
  }
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (typeof value === typeof fallback && value !== "" && isNumber === (type === "number")) return;
  throw new PairlabError(
    type === "boolean"
      ? `${cannot}. Use true or false.`
      : `${cannot}: it is not a ${type === "string" ? "text" : type}. Use for example ${
        JSON.stringify(fallback)
      }.`,
  );
}

/** A text as a value of the parameter's type; as it is where it cannot be read. */
function readText(key: string, text: string, { defaults }: DeclaredParameters): ParameterValue {
  switch (typeof defaults[key]) {
    case "number": {
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isFinite(value) ? value : text;
    }
    case "boolean":
      return text === "" || text === "true" || (text === "false" ? false : text);
    default:
      return text;
  }
}

/** Rejects values of the standard parameters that no experiment could run with. */
function checkStandard(values: ParameterValues): void {
  for (const key of Object.keys(STANDARD) as (keyof StandardParameters)[]) {
    const value = values[key], least = key === "seed" ? 0 : 1;
    if (Number.isInteger(value) && value >= least && value < 2 ** 31) continue;
    throw new PairlabError(
      `Cannot set "${key}" to "${value}". Use a whole number from ${least} to 2147483647.`,
    );
  }
}
