import {
  checkSplitOptions,
  collectFaults,
  type DataSource,
  findListedPairs,
  type ListedPair,
  type OpenedData,
  openPairs,
  PairlabError,
  readManifest,
  type ReadOptions,
  splitAtRandom,
  type SplitOptions,
} from "../../core/plugin.ts";
import { dirname } from "@std/path";

/** Which file lists the pairs, and which of them train. */
export interface ManifestOptions extends SplitOptions, ReadOptions {
  /** `.csv` or `.tsv` with a header, or `.jsonl`. */
  readonly file: string;
  /** The folder that the paths start from, and stay in. @default the manifest's own */
  readonly root?: string;
}

/**
 * Pairs that a file lists: a CSV whose header names `input` and `target`, and perhaps `split`
 * (`train`, `val`, `test`), or JSON lines of objects with these keys.
 *
 * ```csv
 * input,target,split
 * blurred/rose.jpg,sharp/rose.jpg,train
 * ```
 *
 * Paths are relative to the manifest's folder and stay within it. If lines name their split, `test`
 * tests, or else `val`; if none does, the pairs are shuffled as NumPy does with the seed, and split.
 *
 * @throws {PairlabError} At once for options that no data set could meet; when it is opened, naming
 * the lines that are wrong.
 *
 * @example
 * ```ts
 * import { manifest } from "./manifest.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const data = manifest({ file: "no/such/list.csv" });
 * await assertRejects(() => data.open(), Error, "there is no such file");
 * ```
 */
export function manifest(options: ManifestOptions): DataSource {
  const { file, root = dirname(file), count } = options;
  checkSplitOptions(options);
  return {
    async open(onProgress): Promise<OpenedData> {
      const rows = await readManifest(file);
      if (rows.length === 0) {
        throw new PairlabError(
          `Cannot find any pairs: the manifest "${file}" lists none, a line for each would work`,
        );
      }
      const faults = collectFaults(file);
      const listed = await findListedPairs(rows, root, faults);
      faults.throwIfAny();
      const { train, test } = listed.some(({ split }) => split !== undefined)
        ? splitAsListed(listed, file)
        : splitAtRandom(listed, options);
      const pairs = { train: train.slice(0, count), test, all: listed.length, ignored: 0 };
      return await openPairs({ root: file, faults, ...pairs }, { ...options, onProgress });
    },
  };
}

/** By what the lines say. */
function splitAsListed(
  pairs: readonly ListedPair[],
  file: string,
): { readonly train: readonly ListedPair[]; readonly test: readonly ListedPair[] } {
  const of = (wanted: string): ListedPair[] => pairs.filter(({ split }) => split === wanted);
  const train = of("train"), test = of("test"), val = of("val");
  const silent = pairs.find(({ split }) => split === undefined);
  const fail = (reason: string): PairlabError =>
    new PairlabError(`Cannot split the pairs of "${file}": ${reason}`);
  if (silent !== undefined) {
    throw fail(`"${silent.name}" has no split where others have, one for each line would work`);
  }
  if (train.length === 0) throw fail('no line has the split "train", one would work');
  if (test.length + val.length === 0) {
    throw fail('no line has the split "test" or "val", one would work');
  }
  return { train, test: test.length > 0 ? test : val };
}
