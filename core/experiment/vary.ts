/** An experiment that differs from another in the parts and parameters that are named. */
import type { Wiring } from "../interfaces/experiment.ts";
import type { Experiment } from "./experiment.ts";
import { checkParameters, type GivenParameters } from "./parameters.ts";

/** A part that an experiment can do without may be removed: `undefined`. */
type Change<K extends keyof Wiring> = object extends Pick<Wiring, K> ? Wiring[K] | undefined
  : Wiring[K];

/** The parts that a variant replaces. */
export type WiringChanges = { readonly [K in keyof Wiring]?: Change<K> } & {
  /** The variant's name in tables of ablations. @default the variant's key */
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
 * An experiment with the same parameters as another, which differs in the parts or the defaults that
 * are named. To change both parts by a function and defaults, vary twice.
 *
 * run.json records the text of both, and a run is not resumed once either has changed.
 *
 * @throws {PairlabError} For an unknown parameter, or a value of another type.
 *
 * @example
 * ```ts
 * import { vary } from "./vary.ts";
 * import { experiment } from "./experiment.ts";
 * import type { Wiring } from "../interfaces/experiment.ts";
 * import type { Generator } from "../interfaces/networks.ts";
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
      // By the type of the changes, only optional parts can be undefined.
      return Object.fromEntries(
        parts.filter(([, part]) => part !== undefined),
      ) as unknown as Wiring;
    },
  };
}

/** The parameters that a variant sets itself. */
export function ownParameters<P>(variant: Variant<P>): GivenParameters {
  return typeof variant === "function" ? {} : { ...variant.parameters } as GivenParameters;
}

/** What a variant changes of a wiring that was made of these values. */
export function changesOf<P>(variant: Variant<P>, wiring: Wiring, values: P): WiringChanges {
  if (typeof variant === "function") return variant(values, wiring);
  const { parameters: _, ...changes } = variant;
  return changes;
}
