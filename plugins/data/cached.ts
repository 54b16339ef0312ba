import {
  cachePairs,
  type Dataset,
  type DataSource,
  type OpenedData,
  PairlabError,
} from "../../core/plugin.ts";

/** How much {@link cached} keeps. */
export interface CachedOptions {
  /** Memory for decoded pictures, millions of bytes. @default 1024 */
  readonly megabytes?: number;
}

/**
 * Keeps the pairs of another data source in memory once they are loaded, until there is no room;
 * the others are loaded each time. 500 pairs of 256x256 in colour take 200 megabytes.
 *
 * A training keeps up to 512 megabytes of its pairs by itself. This is for more; and for what such a
 * source as `degraded` is made of, whose own pairs, drawn anew in each epoch, are not kept.
 *
 * @throws {PairlabError} For an invalid size, at once.
 *
 * @example
 * ```ts
 * import { cached } from "./cached.ts";
 * import { degraded } from "./degraded.ts";
 * import { gaussianBlur } from "../degrade/gaussian_blur.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = cached(syntheticFlowers({ count: 2, size: 16 }), { megabytes: 10 });
 * const { train } = await degraded({ source, degrade: [gaussianBlur()] }).open();
 * assertEquals((await train.load(0)).target, (await train.load(0)).target);
 * ```
 */
export function cached(source: DataSource, { megabytes = 1024 }: CachedOptions = {}): DataSource {
  if (!(megabytes >= 0)) {
    throw new PairlabError(
      `Cannot cache ${megabytes} megabytes. Use a number from 0, e.g. 1024.`,
    );
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await source.open(onProgress);
      const { train, test, validation } = opened;
      const all = [train, test, ...validation ? [validation] : []];
      const perPair = megabytes * 1e6 / all.reduce((sum, { names }) => sum + names.length, 0);
      const kept = (dataset: Dataset): Dataset =>
        cachePairs(dataset, { bytes: perPair * dataset.names.length });
      return {
        ...opened,
        ...{ train: kept(train), test: kept(test) },
        ...validation && { validation: kept(validation) },
      };
    },
  };
}
