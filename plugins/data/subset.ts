import {
  type Dataset,
  datasetOf,
  type DataSource,
  fingerprintOf,
  type OpenedData,
  PairlabError,
  randomStream,
} from "../../core/plugin.ts";

/** How many pairs of a data source are kept. */
export interface SubsetOptions {
  /** How many train. @default all */
  readonly train?: number;
  /** How many test. @default all */
  readonly test?: number;
  /** Chooses them at random; without it they are the first ones. @default none */
  readonly seed?: number;
}

/**
 * Some pairs of another data source, e.g. to see how much a network learns from few. Of random
 * ones, a larger number holds all pairs of a smaller one.
 *
 * @throws {PairlabError} For invalid numbers, at once; when it is opened, if there
 * are fewer.
 *
 * @example
 * ```ts
 * import { subset } from "./subset.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train } = await subset(syntheticFlowers({ count: 20, size: 16 }), { train: 4 }).open();
 * assertEquals(train.names, ["flower-0000", "flower-0001", "flower-0002", "flower-0003"]);
 * ```
 */
export function subset(source: DataSource, { train, test, seed }: SubsetOptions): DataSource {
  for (const count of [train, test]) {
    if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
      throw new PairlabError(
        `Cannot use a subset of ${count} pairs. Use a whole number from 1.`,
      );
    }
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await source.open(onProgress);
      const toTrain = choose(opened.train, train, "train", seed);
      const toTest = choose(opened.test, test, "test", seed);
      const counts = `${toTrain.names.length} train, ${toTest.names.length} test`;
      return {
        ...opened,
        train: toTrain,
        test: toTest,
        description: `subset (${counts}) of ${opened.description}`,
        fingerprint: await fingerprintOf([
          JSON.stringify({ subset: [toTrain.names, toTest.names] }),
          opened.fingerprint,
        ]),
      };
    },
  };
}

function choose(
  dataset: Dataset,
  count: number | undefined,
  split: string,
  seed: number | undefined,
): Dataset {
  if (count === undefined) return dataset;
  const all = dataset.names.map((_, index) => index);
  if (count > all.length) {
    throw new PairlabError(
      `Cannot use ${count} pairs to ${split}: there are ${all.length}. Use up to as many.`,
    );
  }
  const order = seed === undefined ? all : randomStream(seed, "subset", split).shuffle(all);
  const chosen = order.slice(0, count).sort((a, b) => a - b);
  const { names, originals = names } = dataset;
  const some = datasetOf(
    chosen,
    (index) => names[index]!, // indices of that array
    (index, random) => dataset.load(index, random),
  );
  return { ...some, originals: chosen.map((index) => originals[index]!) };
}
