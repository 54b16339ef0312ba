/** Filters of networks that halve a picture repeatedly. */
import { type ImageShape, PairlabError } from "../../core/plugin.ts";
import { sizeInWords, sizesNear } from "./sizes.ts";

type Size = Pick<ImageShape, "height" | "width">;

/** With default filters, the shorter side of the innermost features is at most this, pixels. */
const INNERMOST = 15;

/** How many times both extents can be halved. */
function halvingsOf({ width, height }: Size): number {
  return Math.log2(Math.min(...[width, height].map((extent) => extent & -extent)));
}

/**
 * The channels after each halving of a picture: `filters`, or 64, 128, 256, 512, 512, … (the paper,
 * section 6.1), one entry for each time the picture can be halved.
 *
 * @param network Name with its article, for messages, e.g. `a U-Net`.
 * @throws {PairlabError} If the size cannot be halved that often, or for the default too rarely; the
 * message names sizes that can.
 *
 * @example
 * ```ts
 * import { filtersFor } from "./halvings.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(filtersFor("a U-Net", { width: 64, height: 32 }), [64, 128, 256, 512, 512]);
 * assertEquals(filtersFor("a U-Net", { width: 96, height: 96 }), [64, 128, 256, 512, 512]);
 * assertThrows(() => filtersFor("a U-Net", { width: 250, height: 250 }), Error, "224x224");
 * ```
 */
export function filtersFor(
  network: string,
  size: Size,
  filters?: readonly number[],
): readonly number[] {
  if (filters === undefined) return defaultFilters(network, size);
  const count = filters.length;
  if (count === 0) {
    throw new PairlabError(
      `Cannot build ${network}: filters is empty. Give a number for each halving.`,
    );
  }
  const possible = halvingsOf(size);
  if (possible >= count) return filters;
  const entries = (n: number): string => n === 1 ? "1 entry" : `${n} entries`;
  const halvings = count === 1 ? "1 halving" : `${count} halvings`;
  throw new PairlabError(
    `Cannot build ${network} of ${halvings} (filters has ${entries(count)}) for ${
      sizeInWords(size)
    }. Use ${sizesNear(size, 2 ** count)} (multiples of ${2 ** count})` +
      (possible >= 1 ? `, or ${entries(possible)} in filters.` : "."),
  );
}

function defaultFilters(network: string, size: Size): readonly number[] {
  const halvings = halvingsOf(size);
  const shorter = Math.min(size.width, size.height);
  if (halvings >= 1 && shorter / 2 ** halvings <= INNERMOST) {
    return Array.from({ length: halvings }, (_, index) => 64 * Math.min(2 ** index, 8));
  }
  const needed = Math.max(Math.ceil(Math.log2(shorter / INNERMOST)), 1);
  const times = halvings === 1 ? "once" : `${halvings} times`;
  throw new PairlabError(
    `Cannot build ${network} for ${sizeInWords(size)}, which ${
      halvings === 0 ? "cannot be halved" : `can be halved only ${times}`
    }. Use ${sizesNear(size, 2 ** needed)} (best: powers of 2)` +
      (halvings >= 1
        ? `, or filters of ${halvings === 1 ? "one entry" : `${halvings} entries`}.`
        : "."),
  );
}
