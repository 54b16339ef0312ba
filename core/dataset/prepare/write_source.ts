/** A data source's pairs as files. */
import { join } from "@std/path";
import type { Json } from "../../interfaces/callbacks.ts";
import type { DataSource, Pair } from "../../interfaces/pictures.ts";
import type { OnProgress } from "../../base/at_once.ts";
import { fillFolder, type Job, type Outcome } from "./outputs.ts";

/** How pairs are written. */
export interface WriteOptions {
  /** The options of the source, so that resuming takes the same. */
  readonly recipe: { readonly [key: string]: Json };
  /** @default "png" */
  readonly format?: "png" | "jpg" | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Writes all pairs of a data source, whatever they are used for, into `<out>/input` and
 * `<out>/output`.
 *
 * @throws {PairlabError} If the folder holds something else.
 */
export async function writeSource(
  source: DataSource,
  out: string,
  { recipe, format = "png", onProgress }: WriteOptions,
): Promise<Outcome> {
  const { train, validation, test } = await source.open();
  const pairs = new Map<string, () => Promise<Pair>>();
  for (const dataset of [train, ...validation ? [validation] : [], test]) {
    for (const [index, name] of dataset.names.entries()) pairs.set(name, () => dataset.load(index));
  }
  const jobs = [...pairs].map(([name, load]): Job => ({
    files: ["input", "output"].map((side) => join(side, `${name}.${format}`)),
    make: async () => {
      const { input, target } = await load();
      return [input, target];
    },
  }));
  return await fillFolder(out, { ...recipe, format }, jobs, onProgress);
}
