import {
  datasetOf,
  type DataSource,
  fingerprintOf,
  type OpenedData,
  PairlabError,
} from "../../core/plugin.ts";

/**
 * Another data source whose training pairs come several times in each epoch, each time augmented
 * (and, where the source draws, drawn) anew: for epochs of a useful length with few pairs. The test
 * pairs stay as they are.
 *
 * @param times Whole, from 1 on. The names end in the number of the repetition: `rose.jpg #2`.
 * @throws {PairlabError} For any other number, at once.
 *
 * @example
 * ```ts
 * import { repeat } from "./repeat.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train } = await repeat(syntheticFlowers({ count: 2, size: 16 }), 3).open();
 * assertEquals(train.names, ["flower-0000", "flower-0000 #2", "flower-0000 #3"]);
 * ```
 */
export function repeat(source: DataSource, times: number): DataSource {
  if (!(Number.isInteger(times) && times >= 1)) {
    throw new PairlabError(
      `Cannot repeat data ${times} times. Use a whole number from 1.`,
    );
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await source.open(onProgress);
      const { train } = opened, { names, originals = names } = train;
      const copies = Array.from({ length: names.length * times }, (_, i) => {
        const number = Math.floor(i / names.length) + 1, index = i % names.length;
        return { index, name: names[index]!, suffix: number === 1 ? "" : ` #${number}` };
      });
      return {
        ...opened,
        train: {
          ...datasetOf(
            copies,
            ({ name, suffix }) => name + suffix,
            async ({ index, name, suffix }, random) => {
              const pair = await train.load(index, random);
              // What was drawn stands behind the name.
              return { ...pair, name: name + suffix + pair.name.slice(name.length) };
            },
          ),
          originals: copies.map(({ index }) => originals[index]!),
        },
        description: `${opened.description}, each of those that train ${times} times an epoch`,
        fingerprint: await fingerprintOf([`repeat ${times}`, opened.fingerprint]),
      };
    },
  };
}
