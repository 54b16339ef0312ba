/** A data source for tests of those that are made of others: no files, pictures of one level. */
import type { Dataset, DataSource, Picture } from "../../../core/plugin.ts";
import type { Random } from "../../../core/random/stream.ts";

/** A source that counts what it loads. */
export interface PlainSource extends DataSource {
  readonly loads: number[];
}

function flat(level: number): Picture {
  return { data: new Uint8Array(48).fill(level), width: 4, height: 4, channels: 3 };
}

/**
 * Pairs `a0`, `a1`, …, all but the last `tests` of them to train on. A pair's input is of the level of
 * its index, its target of twice that.
 *
 * @param letter Begins the names.
 * @param draws The input has a level from the stream, if there is one.
 */
export function plain(
  letter: string,
  { train = 4, test = 1, draws = false }: {
    readonly train?: number;
    readonly test?: number;
    readonly draws?: boolean;
  } = {},
): PlainSource {
  const loads: number[] = [];
  const dataset = (from: number, to: number): Dataset => ({
    names: Array.from({ length: to - from }, (_, i) => `${letter}${from + i}`),
    load: (index: number, random?: Random) => {
      const number = from + index;
      loads.push(number);
      if (index < 0 || number >= to) return Promise.reject(new RangeError(`no pair ${index}`));
      const drawn = draws && random !== undefined ? random.integer(200) : undefined;
      return Promise.resolve({
        name: `${letter}${number}${drawn === undefined ? "" : ` (${drawn})`}`,
        input: flat(drawn ?? number),
        target: flat(2 * number),
      });
    },
  });
  return {
    loads,
    open: (onProgress) => {
      onProgress?.(1, 1);
      return Promise.resolve({
        train: dataset(0, train),
        test: dataset(train, train + test),
        description: `${train + test} plain pairs`,
        fingerprint: `plain ${letter} ${train} ${test}`,
      });
    },
  };
}
