/** One experiment out of another: what differs is written down, the rest is the other's. */
import { PairlabError } from "../base/errors.ts";
import type { Experiment, ParameterValues } from "./experiment.ts";
import { nearest } from "../base/nearest.ts";
import type { Wiring } from "../interfaces/experiment.ts";

/** A part that an experiment can do without may be taken out: `undefined`. */
type Change<K extends keyof Wiring> = object extends Pick<Wiring, K> ? Wiring[K] | undefined
  : Wiring[K];

/** What a variant does to the wiring: each part named here takes the place of the experiment's. */
export type WiringChanges = { readonly [K in keyof Wiring]?: Change<K> } & {
  /** What stands in tables of ablations. @default the variant's name */
  readonly label?: string;
};

/**
 * What a variant changes: parts of the wiring, and parameters, which all parts see; or a function of
 * the parameters and the experiment's own wiring to the parts.
 */
export type Variant<P> =
  | (WiringChanges & { readonly parameters?: Partial<Omit<P, "seed">> })
  | ((parameters: P, wiring: Wiring) => WiringChanges);

/**
 * An experiment that differs from another in the parts, or the defaults of parameters, that are
 * named; it has the same parameters. To change both parts by a function and defaults, vary twice.
 *
 * The text of the other is recorded in run.json too, and a run is not resumed once either has
 * changed.
 *
 * @throws {PairlabError} For a parameter that the other has not, or a value of another type.
 *
 * @example
 * ```ts
 * import { vary } from "./vary.ts";
 * import { experiment } from "./experiment.ts";
 * import type { Wiring } from "../interfaces/experiment.ts";
import type { Generator } from "../interfaces/networks.ts";
 * import { assertEquals } from "@std/assert";
 *
 * declare const parts: Wiring;
 * declare function resnet(options: { filters: number }): Generator;
 * const deblur = experiment({ width: 64, lambda: 100 }, () => parts);
 * const other = vary(deblur, (p) => ({ generator: resnet({ filters: p.width }) }));
 * assertEquals(other.defaults, deblur.defaults);
 * assertEquals(vary(other, { parameters: { lambda: 10 } }).defaults["lambda"], 10);
 * ```
 */
export function vary<P>(base: Experiment<P>, variant: Variant<NoInfer<P>>): Experiment<P> {
  const parameters = ownParameters(variant);
  checkParameters("a variation", parameters, base);
  return {
    defaults: { ...base.defaults, ...parameters },
    choices: base.choices,
    wire: (values) => {
      const wiring = base.wire(values);
      const { label: _, ...changes } = changesOf(variant, wiring, values as P);
      const parts = Object.entries({ ...wiring, ...changes });
      // The type of the changes lets only parts be undefined that a wiring can do without.
      return Object.fromEntries(
        parts.filter(([, part]) => part !== undefined),
      ) as unknown as Wiring;
    },
  };
}

/** The parameters that a variant sets itself. */
export function ownParameters<P>(variant: Variant<P>): ParameterValues {
  return typeof variant === "function" ? {} : { ...variant.parameters } as ParameterValues;
}

/** What a variant changes of a wiring that was made of these values. */
export function changesOf<P>(variant: Variant<P>, wiring: Wiring, values: P): WiringChanges {
  if (typeof variant === "function") return variant(values, wiring);
  const { parameters: _, ...changes } = variant;
  return changes;
}

/**
 * Refuses a parameter that the experiment has not, or that is something else there.
 *
 * @param what Sets them, in messages.
 * @throws {PairlabError} With the nearest that would work.
 */
export function checkParameters(
  what: string,
  given: object,
  { defaults, choices }: Pick<Experiment, "defaults" | "choices">,
): void {
  const settable = Object.keys(defaults).filter((key) => key !== "seed");
  for (const [key, value] of Object.entries(given)) {
    if (key === "seed") {
      throw new PairlabError(
        `Cannot set the seed in ${what}: it is a run's own, seeds: [${value}] in an ablation or --seed=${value} would work`,
      );
    }
    if (!settable.includes(key)) {
      const near = nearest(key, settable);
      throw new PairlabError(
        `Cannot set "${key}" in ${what}: the experiment has no such parameter, ${
          near === undefined ? settable.join(", ") : `"${near}"`
        } would work`,
      );
    }
    const words = choices[key];
    if (words === undefined ? typeof value === typeof defaults[key] : words.includes(value)) {
      continue;
    }
    throw new PairlabError(
      `Cannot set "${key}" to "${value}" in ${what}: ${
        words?.map((word) => `"${word}"`).join(" or ") ?? `a ${typeof defaults[key]}`
      } would work`,
    );
  }
}
