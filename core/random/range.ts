/** Fixed numbers and ranges to draw from. */
import { PairlabError } from "../base/errors.ts";
import type { Random } from "./stream.ts";

/** A number, or a range from which it is drawn uniformly. */
export type Range = number | readonly [low: number, high: number];

/**
 * Draws a number of a range; a fixed number draws nothing.
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
 * Draws a whole number of a range, both ends included.
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

/** Limits of a range. */
export interface RangeLimits {
  /** Name in messages, e.g. `sigma`. */
  readonly name: string;
  /** @default -Infinity */
  readonly least?: number;
  /** @default Infinity */
  readonly most?: number;
  /** Only whole numbers. @default false */
  readonly whole?: boolean;
  /** Valid values in words, e.g. `0 or more, e.g. [1, 4]`. */
  readonly example: string;
}

/**
 * Checks a range.
 *
 * @throws {PairlabError} If an end is not a number or beyond the limits, or `low` is above `high`.
 *
 * @example
 * ```ts
 * import { checkRange } from "./range.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const limits = { name: "sigma", least: 0, example: "0 or more, e.g. [1, 4]" };
 * checkRange([1, 4], limits);
 * assertThrows(() => checkRange([4, 1], limits), Error, "Cannot use a sigma of [4, 1]. Use 0 or more");
 * ```
 */
export function checkRange(
  range: Range,
  { name, least = -Infinity, most = Infinity, whole = false, example }: RangeLimits,
): void {
  // Values from a command line may have any type.
  const [low, high] = Array.isArray(range) ? range : [range, range];
  const fits = [low, high].every((end) =>
    Number.isFinite(end) && end >= least && end <= most && (!whole || Number.isInteger(end))
  );
  if (fits && low <= high) return;
  const shown = Array.isArray(range) ? `[${low}, ${high}]` : `${range}`;
  throw new PairlabError(`Cannot use a ${name} of ${shown}. Use ${example}.`);
}
