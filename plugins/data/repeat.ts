import {
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
 * @throws {PairlabError} At once for any other number.
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
      `Cannot repeat data ${times} times: a whole number from 1 on would work`,
    );
  }
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await source.open(onProgress);
      const { names } = opened.train;
      const numbers = Array.from({ length: times }, (_, index) => index + 1);
      const suffix = (number: number): string => number === 1 ? "" : ` #${number}`;
      return {
        ...opened,
        train: {
          names: numbers.flatMap((number) => names.map((name) => name + suffix(number))),
          async load(index, random) {
            if (!(index >= 0 && index < names.length * times)) {
              throw new RangeError(
                `Cannot load pair ${index}: there are ${names.length * times}`,
              );
            }
            const pair = await opened.train.load(index % names.length, random);
            const name = names[index % names.length] ?? "";
            const drawn = pair.name.slice(name.length);
            const number = Math.floor(index / names.length) + 1;
            return { ...pair, name: name + suffix(number) + drawn };
          },
        },
        description: `${opened.description}, each of those that train ${times} times an epoch`,
        fingerprint: await fingerprintOf([`repeat ${times}`, opened.fingerprint]),
      };
    },
  };
}
