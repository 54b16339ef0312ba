import {
  type Dataset,
  datasetOf,
  type DataSource,
  fingerprintOf,
  type OpenedData,
  PairlabError,
} from "../../core/plugin.ts";

/** A data source's names may be those of another: then all are preceded by its number. */
interface Part {
  readonly dataset: Dataset;
  readonly prefix: string;
}

/**
 * The pairs of several data sources, one after the other: all that train, and all that test.
 *
 * Where two sources have pairs of the same name, the names of all are preceded by the number of
 * their source: `1-rose.jpg`, `2-rose.jpg`.
 *
 * @throws {PairlabError} If there is none, at once.
 *
 * @example
 * ```ts
 * import { concatenate } from "./concatenate.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = [1, 2].map((seed) => syntheticFlowers({ count: 2, size: 16, seed }));
 * const { train } = await concatenate(a!, b!).open();
 * assertEquals(train.names, ["1-flower-0000", "2-flower-0000"]);
 * ```
 */
export function concatenate(...sources: readonly DataSource[]): DataSource {
  if (sources.length === 0) {
    throw new PairlabError("Cannot concatenate no data sources. Use one or more.");
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened: OpenedData[] = [];
      // One after the other, since each has a progress of its own.
      for (const source of sources) opened.push(await source.open(onProgress));
      const names = opened.flatMap(({ train, test, validation }) => [
        ...[...train.names, ...test.names],
        ...validation?.names ?? [],
      ]);
      const prefixed = new Set(names).size < names.length && opened.length > 1;
      const parts = (split: "train" | "test" | "validation"): Part[] =>
        opened.flatMap((data, i) => {
          const dataset = data[split], prefix = prefixed ? `${i + 1}-` : "";
          return dataset === undefined ? [] : [{ dataset, prefix }];
        });
      const validation = parts("validation");
      const [first] = opened;
      const alike = opened.every(({ levels }) => levels?.join() === first?.levels?.join());
      return {
        ...alike && first?.levels && { levels: first.levels },
        train: join(parts("train")),
        test: join(parts("test")),
        ...validation.length > 0 && { validation: join(validation) },
        description: opened.map(({ description }) => description).join(" and "),
        fingerprint: await fingerprintOf([
          "concatenate",
          ...opened.map(({ fingerprint }) => fingerprint),
        ]),
      };
    },
  };
}

function join(parts: readonly Part[]): Dataset {
  const places = parts.flatMap(({ dataset, prefix }) =>
    dataset.names.map((name, index) => ({ dataset, prefix, name: prefix + name, index }))
  );
  // Pairs of one name may be one picture, spoilt in two ways.
  const originals = parts.flatMap(({ dataset }) => dataset.originals ?? dataset.names);
  const joined = datasetOf(
    places,
    ({ name }) => name,
    async ({ dataset, prefix, index }, random) => {
      const pair = await dataset.load(index, random);
      return { ...pair, name: prefix + pair.name };
    },
  );
  return { ...joined, originals };
}
