import {
  checkSplitOptions,
  collectFaults,
  type DataSource,
  findListedPairs,
  type OpenedData,
  openPairs,
  PairlabError,
  readManifest,
  type ReadOptions,
  splitAsListed,
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
 * @throws {PairlabError} For invalid options, at once; when it is opened, naming
 * the lines that are wrong.
 *
 * @example
 * ```ts
 * import { manifest } from "./manifest.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const data = manifest({ file: "no/such/list.csv" });
 * await assertRejects(() => data.open(), Error, "the file does not exist");
 * ```
 */
export function manifest(options: ManifestOptions): DataSource {
  const { file, root = dirname(file) } = options;
  checkSplitOptions(options);
  return {
    async open(onProgress): Promise<OpenedData> {
      const rows = await readManifest(file);
      if (rows.length === 0) {
        throw new PairlabError(
          `Cannot find any pairs: the manifest "${file}" lists no pairs. Add a line for each.`,
        );
      }
      const faults = collectFaults(file);
      const listed = await findListedPairs(rows, root, faults);
      faults.throwIfAny();
      const split = listed.some(({ split }) => split !== undefined)
        ? splitAsListed(listed, file, options)
        : splitAtRandom(listed, options);
      const found = { root: file, faults, ...split, all: listed.length, ignored: 0 };
      return await openPairs(found, { ...options, onProgress });
    },
  };
}
