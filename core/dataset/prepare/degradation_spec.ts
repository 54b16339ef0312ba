/** Degradations as they are written on a command line: `gaussianBlur:sigma=1..4`. */
import { PairlabError } from "../../base/errors.ts";
import { suggest } from "../../base/nearest.ts";
import type { Degradation } from "../../interfaces/pictures.ts";
import type { Range } from "../../random/range.ts";

/** What one option of a degradation can be. */
export type SpecValue = Range | string | boolean;

/** A degradation that can be named. */
export interface NamedDegradation {
  /** The options that it has. */
  readonly options: readonly string[];
  make(options: Readonly<Record<string, SpecValue>>): Degradation;
}

/**
 * Makes a degradation of its name and options: `name`, or `name:option=value,option=low..high`.
 *
 * @throws {PairlabError} For a name or an option that does not exist, with the nearest that does.
 *
 * @example
 * ```ts
 * import { parseDegradation } from "./degradation_spec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: unknown[] = [];
 * const known = {
 *   blur: {
 *     options: ["sigma", "colour"],
 *     make: (options: unknown) => {
 *       seen.push(options);
 *       return { name: "blur", apply: (picture: never) => ({ picture, parameters: {} }) };
 *     },
 *   },
 * };
 * parseDegradation("blur:sigma=1..4,colour=false", known);
 * assertEquals(seen, [{ sigma: [1, 4], colour: false }]);
 * ```
 */
export function parseDegradation(
  text: string,
  known: Readonly<Record<string, NamedDegradation>>,
): Degradation {
  const [, name = "", list] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const named = Object.hasOwn(known, name) ? known[name] : undefined;
  if (named === undefined) {
    throw new PairlabError(
      `Cannot degrade by "${name}": there is no such degradation. ${
        suggest(name, Object.keys(known))
      }`,
    );
  }
  const options: Record<string, SpecValue> = {};
  for (const part of list === undefined || list === "" ? [] : list.split(",")) {
    const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (!named.options.includes(key) || value === "") {
      throw new PairlabError(
        `Cannot understand "${part}" in "${text}". Use ${
          named.options.map((option) => `${option}=…`).join(", ")
        }.`,
      );
    }
    options[key] = parseValue(value);
  }
  return named.make(options);
}

function parseValue(text: string): SpecValue {
  if (text === "true" || text === "false") return text === "true";
  const [low, high, ...others] = text.split("..").map((part) =>
    part.trim() === "" ? NaN : Number(part)
  );
  if (low === undefined || Number.isNaN(low) || others.length > 0) return text;
  if (high === undefined) return low;
  return Number.isNaN(high) ? text : [low, high];
}
