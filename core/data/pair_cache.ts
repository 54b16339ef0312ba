/** Caches decoded pairs from epoch to epoch. */
import type { Dataset, Pair, Picture } from "../interfaces/pictures.ts";
import type { Random } from "../random/stream.ts";

/** Options of {@link cachePairs}. */
export interface CacheOptions {
  /**
   * Memory for decoded pictures, bytes.
   * @default 512 MiB, or an eighth of the machine's memory where that is less
   */
  readonly bytes?: number;
}

const MEBIBYTE = 2 ** 20;

/** The default of {@link CacheOptions.bytes} on this machine. */
export function pictureBudget(): number {
  return Math.min(512 * MEBIBYTE, Deno.systemMemoryInfo().total / 8);
}

/**
 * Caches the pairs of a data set when they are first loaded, so that a training decodes each file
 * once, until the budget is spent; the others are loaded each time. Nothing is evicted: each epoch
 * loads every pair once, so the pair used last is needed again last.
 *
 * Pairs that the data set draws at random differ from epoch to epoch and are not cached. Callers get
 * copies, which they may change in place.
 *
 * @example
 * ```ts
 * import { cachePairs } from "./pair_cache.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let loads = 0;
 * const grey = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
 * const load = () => Promise.resolve({ name: `grey ${++loads}`, input: grey, target: grey });
 * const kept = cachePairs({ names: ["grey"], load });
 * await kept.load(0);
 * assertEquals((await kept.load(0)).name, "grey 1");
 * ```
 */
export function cachePairs(
  dataset: Dataset,
  { bytes = pictureBudget() }: CacheOptions = {},
): Dataset {
  const kept = new Map<number, Pair>();
  let room = bytes;
  return {
    ...dataset,
    async load(index, random) {
      const known = kept.get(index);
      if (known !== undefined) return copyOf(known);
      const noted = random && noteDraws(random);
      const pair = await dataset.load(index, noted);
      const size = pair.input.data.byteLength + pair.target.data.byteLength;
      if (noted?.drew !== true && size <= room && !kept.has(index)) {
        room -= size;
        kept.set(index, copyOf(pair));
      }
      return pair;
    },
  };
}

/** The same stream, noting whether anything is drawn. */
function noteDraws(random: Random): Random & { readonly drew: boolean } {
  let drew = false;
  const note = (): Random => {
    drew = true;
    return random;
  };
  return {
    get drew() {
      return drew;
    },
    uniform: () => note().uniform(),
    integer: (below) => note().integer(below),
    normal: () => note().normal(),
    shuffle: (items) => note().shuffle(items),
  };
}

function copyOf({ name, input, target }: Pair): Pair {
  const copy = (picture: Picture): Picture => ({ ...picture, data: copyOfData(picture) });
  return { name, input: copy(input), target: copy(target) };
}

function copyOfData({ data }: Picture): Picture["data"] {
  // A Buffer is a Uint8Array too, but its slices share memory.
  return data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
}
