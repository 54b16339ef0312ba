/** Data sets by index. */
import type { Dataset, Pair } from "../interfaces/pictures.ts";
import type { Random } from "../random/stream.ts";

/**
 * A data set of items, each loaded when it is asked for.
 *
 * @param nameOf The name of an item's pair.
 * @param load Loads an item's pair.
 * @returns Its `load` rejects indices beyond the items with a `RangeError`.
 *
 * @example
 * ```ts
 * import { datasetOf } from "./dataset.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const grey = (level: number) => ({ data: new Uint8Array([level]), width: 1, height: 1, channels: 1 });
 * const greys = datasetOf([3, 7], (level) => `grey ${level}`, (level) =>
 *   Promise.resolve({ name: `grey ${level}`, input: grey(0), target: grey(level) }));
 * assertEquals((await greys.load(1)).target.data[0], 7);
 * ```
 */
export function datasetOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  load: (item: T, random?: Random) => Promise<Pair>,
): Dataset {
  return {
    names: items.map(nameOf),
    async load(index, random): Promise<Pair> {
      if (!(index in items)) {
        throw new RangeError(`Cannot load pair ${index}: there are ${items.length}`);
      }
      return await load(items[index] as T, random);
    },
  };
}
