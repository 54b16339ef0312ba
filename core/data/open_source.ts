/** Data sources as they enter: what they promise is checked, and what they throw is named. */
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Augment, Dataset, DataSource, OpenedData, Pair } from "../interfaces/pictures.ts";
import { whyNoPicture } from "../pictures/shape.ts";
import type { Random } from "../random/stream.ts";
import { quote } from "./picture_folder.ts";

/**
 * Opens a data source and checks what comes of it, now and with each pair.
 *
 * @throws {PairlabError} Naming the key of the experiment, the pair, and what is wrong.
 *
 * @example
 * ```ts
 * import { openSource } from "./open_source.ts";
 * import { assertRejects } from "@std/assert";
 *
 * const broken = { open: () => Promise.resolve({ train: { names: [] } }) } as never;
 * await assertRejects(() => openSource(broken), Error, "data.open() returned no description");
 * ```
 */
export async function openSource(
  source: DataSource,
  onProgress?: (done: number, total: number) => void,
): Promise<OpenedData> {
  if (typeof (source as Partial<DataSource> | undefined)?.open !== "function") {
    throw failure("it has no function open. Use a data source, e.g. folderPairs({ root })");
  }
  const opened = await named("Cannot open the experiment's data", () => source.open(onProgress));
  if (typeof opened !== "object" || opened === null) {
    throw failure(`data.open() returned ${String(opened)}, not { train, test, … }`);
  }
  for (const key of ["description", "fingerprint"] as const) {
    if (typeof opened[key] !== "string") throw failure(`data.open() returned no ${key}`);
  }
  const { levels } = opened;
  if (levels !== undefined && !isLevels(levels)) {
    throw failure("data.levels are not two different numbers, e.g. [0, 4095]");
  }
  const train = checkedDataset(opened.train, "data.train");
  const test = checkedDataset(opened.test, "data.test");
  if (train.names.length === 0) throw failure("data.train has no pairs");
  if (opened.validation === undefined) return { ...opened, train, test };
  const validation = checkedDataset(opened.validation, "data.validation");
  if (validation.names.length === 0) throw failure("data.validation has no pairs");
  const others = new Set([...train.names, ...test.names]);
  const leaked = validation.names.find((name) => others.has(name));
  if (leaked === undefined) return { ...opened, train, test, validation };
  throw failure(`the pair ${quote(leaked)} is for validation, and trains or tests too`);
}

function isLevels(levels: unknown): boolean {
  return Array.isArray(levels) && levels.length === 2 && levels.every(Number.isFinite) &&
    levels[0] !== levels[1];
}

function failure(reason: string): PairlabError {
  return new PairlabError(`Cannot use the experiment's data: ${reason}`);
}

function checkedDataset(dataset: Dataset, key: string): Dataset {
  const { names, load } = (dataset ?? {}) as Partial<Dataset>;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw failure(`${key} has no list of names`);
  }
  if (typeof load !== "function") throw failure(`${key} has no function load`);
  return {
    names,
    async load(index, random) {
      const name = names[index];
      const call = `${key}.load(${index})`;
      if (name === undefined) throw new RangeError(`Cannot load pair ${index} of ${names.length}`);
      const action = `Cannot load the pair ${quote(name)} by ${call}`;
      const pair = await named(action, () => dataset.load(index, random));
      checkPair(pair, action);
      if (pair.name.startsWith(name)) return pair;
      throw new PairlabError(`${action}: it is named ${quote(pair.name)}, unlike in ${key}.names`);
    },
  };
}

/** Augments a pair, checks what comes of it, and names what is thrown. */
export async function augmentPair(augment: Augment, pair: Pair, random: Random): Promise<Pair> {
  const action = `Cannot augment the pair ${quote(pair.name)}`;
  const changed = await named(action, () => augment(pair, random));
  checkPair(changed, action);
  return changed;
}

/** Errors of plug-ins say what they were called for, and keep their own stack as the cause. */
async function named<T>(action: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(`${action}: ${messageOf(error)}`, { cause: error });
  }
}

function checkPair(pair: unknown, action: string): void {
  if (typeof pair !== "object" || pair === null) {
    throw new PairlabError(`${action}: it returned ${String(pair)}, not { name, input, target }`);
  }
  const { name, input, target } = pair as { readonly [key: string]: unknown };
  if (typeof name !== "string") throw new PairlabError(`${action}: the pair has no name`);
  for (const [side, picture] of Object.entries({ input, target })) {
    const reason = whyNoPicture(picture);
    if (reason !== undefined) throw new PairlabError(`${action}: of its ${side}, ${reason}`);
  }
}
