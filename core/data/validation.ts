/** Pairs to choose by: kept from those that train, so that nothing is chosen by test pictures. */
import { PairlabError } from "../base/errors.ts";
import type { Dataset, OpenedData } from "../interfaces/pictures.ts";
import { numpyShuffle } from "../random/numpy.ts";
import { datasetOf } from "./dataset.ts";

/** The share of the training pairs that is kept where the data have none of their own. */
const SHARE = 0.1;

/** The same for every run, whatever its seed, so that runs are judged by the same pictures. */
const SEED = 23;

/**
 * Keeps a tenth of the training pairs for validation, at least one, drawn by a fixed seed. Pairs
 * of the same original, such as the copies of one, stay together.
 *
 * @throws {PairlabError} If no two pairs differ.
 *
 * @example
 * ```ts
 * import { keepValidation } from "./validation.ts";
 * import { datasetOf } from "./dataset.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const names = ["a", "b", "c", "a #2", "b #2", "c #2"];
 * const letters = datasetOf(names, (name) => name, () => Promise.reject(new Error("not loaded")));
 * const train = { ...letters, originals: ["a", "b", "c", "a", "b", "c"] };
 * const data = keepValidation({ train, test: train, description: "letters", fingerprint: "abc" });
 * assertEquals([data.train.names, data.validation?.names], [["a", "c", "a #2", "c #2"], ["b"]]);
 * ```
 */
export function keepValidation(data: OpenedData): OpenedData {
  const { train, description } = data;
  const { names, originals = names } = train;
  const groups = Map.groupBy(names.keys(), (index) => originals[index]!);
  if (groups.size < 2) {
    throw new PairlabError(
      `Cannot keep a pair for validation: ${description} has ${groups.size} to train on. Add ` +
        'pictures, or have callbacks judge by the test pictures: evaluateEvery(n, { split: "test" }).',
    );
  }
  const count = Math.max(1, Math.round(SHARE * groups.size));
  const kept = new Set(numpyShuffle([...groups.keys()], SEED).slice(0, count));
  const isKept = (index: number): boolean => kept.has(originals[index]!);
  // One copy of a pair is enough.
  const isCopy = (index: number): boolean =>
    groups.get(originals[index]!)![0] !== index && / #\d+$/.test(names[index]!);
  const indices = [...names.keys()];
  return {
    ...data,
    train: chosen(train, indices.filter((index) => !isKept(index))),
    validation: chosen(train, indices.filter((index) => isKept(index) && !isCopy(index))),
  };
}

function chosen(dataset: Dataset, indices: readonly number[]): Dataset {
  return datasetOf(
    indices,
    (index) => dataset.names[index]!,
    (index, random) => dataset.load(index, random),
  );
}
