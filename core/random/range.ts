/** Numbers that are fixed, or drawn from a range. */
import { PairlabError } from "../base/errors.ts";
import type { Random } from "./stream.ts";

/** A number, or the ends of a range that it is drawn from, each number in it as likely. */
export type Range = number | readonly [low: number, high: number];

/**
 * A number of a range. A fixed one draws nothing.
 *
 * @example
 * ```ts
 * import { drawFrom } from "./range.ts";
 * import { randomStream } from "./stream.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const random = randomStream(23, "example");
 * const drawn = drawFrom([1, 4], random);
 * assert(drawn >= 1 && drawn < 4);
 * assertEquals(drawFrom(2, random), 2);
 * ```
 */
export function drawFrom(range: Range, random: Random): number {
  if (typeof range === "number") return range;
  const [low, high] = range;
  return low + random.uniform() * (high - low);
}

/**
 * A whole number of a range, both ends included.
 *
 * @example
 * ```ts
 * import { drawWhole } from "./range.ts";
 * import { randomStream } from "./stream.ts";
 * import { assert } from "@std/assert";
 *
 * assert([1, 2, 3].includes(drawWhole([1, 3], randomStream(23, "example"))));
 * ```
 */
export function drawWhole(range: Range, random: Random): number {
  if (typeof range === "number") return range;
  const [low, high] = range;
  return low + random.integer(high - low + 1);
}

/** What the numbers of a range may be. */
export interface RangeLimits {
  /** What messages call the number, e.g. `sigma`. */
  readonly name: string;
  /** @default -Infinity */
  readonly least?: number;
  /** @default Infinity */
  readonly most?: number;
  /** Only whole numbers. @default false */
  readonly whole?: boolean;
  /** Words for what would work. */
  readonly example: string;
}

/**
 * Checks a range when it is given, long before anything is drawn.
 *
 * @throws {PairlabError} If a number of it is none, or beyond the limits, or the ends are exchanged.
 *
 * @example
 * ```ts
 * import { checkRange } from "./range.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const limits = { name: "sigma", least: 0, example: "0 or more, e.g. [1, 4]," };
 * checkRange([1, 4], limits);
 * assertThrows(() => checkRange([4, 1], limits), Error, "Cannot use a sigma of [4, 1]: 0 or more");
 * ```
 */
export function checkRange(
  range: Range,
  { name, least = -Infinity, most = Infinity, whole = false, example }: RangeLimits,
): void {
  // What a command line says may be of any type.
  const [low, high] = Array.isArray(range) ? range : [range, range];
  const fits = [low, high].every((end) =>
    Number.isFinite(end) && end >= least && end <= most && (!whole || Number.isInteger(end))
  );
  if (fits && low <= high) return;
  const shown = Array.isArray(range) ? `[${low}, ${high}]` : `${range}`;
  throw new PairlabError(`Cannot use a ${name} of ${shown}: ${example} would work`);
}
