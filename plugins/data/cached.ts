import {
  type Dataset,
  type DataSource,
  type OpenedData,
  type Pair,
  PairlabError,
} from "../../core/plugin.ts";

/** How much {@link cached} keeps. */
export interface CachedOptions {
  /** Memory for decoded pictures, millions of bytes. @default 1024 */
  readonly megabytes?: number;
}

/** What all pairs of a source may take together. */
interface Budget {
  bytes: number;
}

/**
 * Keeps the pairs of another data source in memory once they are loaded, until there is no room;
 * the others are loaded each time. 500 pairs of 256x256 take 200 megabytes.
 *
 * A pair is kept as it was first loaded: around a source that draws anew in each epoch, such as
 * `degraded`, it would keep the first drawing, so put it around that source's own source instead.
 *
 * @throws {PairlabError} At once for a size that is none.
 *
 * @example
 * ```ts
 * import { cached } from "./cached.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = syntheticFlowers({ count: 2, size: 16 });
 * const { train } = await cached(source, { megabytes: 10 }).open();
 * const pair = await train.load(0);
 * assertEquals(await train.load(0) === pair, true);
 * ```
 */
export function cached(source: DataSource, { megabytes = 1024 }: CachedOptions = {}): DataSource {
  if (!(megabytes >= 0)) {
    throw new PairlabError(
      `Cannot cache ${megabytes} megabytes: a number from 0 on would work, e.g. 1024`,
    );
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await source.open(onProgress);
      const budget: Budget = { bytes: megabytes * 1e6 };
      return {
        ...opened,
        train: keep(opened.train, budget),
        test: keep(opened.test, budget),
      };
    },
  };
}

/** What was kept stays: each epoch asks for all pairs, so that older ones are no less wanted. */
function keep(dataset: Dataset, budget: Budget): Dataset {
  const kept = new Map<number, Pair>();
  const underWay = new Map<number, Promise<Pair>>();
  const load = async (index: number): Promise<Pair> => {
    try {
      const pair = await dataset.load(index);
      const bytes = pair.input.data.byteLength + pair.target.data.byteLength;
      if (bytes <= budget.bytes) {
        budget.bytes -= bytes;
        kept.set(index, pair);
      }
      return pair;
    } finally {
      underWay.delete(index);
    }
  };
  return {
    names: dataset.names,
    async load(index) {
      const known = kept.get(index) ?? underWay.get(index);
      if (known !== undefined) return await known;
      const loading = load(index);
      underWay.set(index, loading);
      return await loading;
    },
  };
}
