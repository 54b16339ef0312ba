/** Rates of engines, measured once on a machine and kept in the cache. */
import { join } from "@std/path";
import { z } from "zod";
import { writeTextDurably } from "../base/files.ts";
import { cacheFolder } from "./tensorflow/cache.ts";

const ratesSchema = z.record(z.string(), z.number());

/**
 * A rate from the cache, or else as measured; then it goes into the cache, if that can be written.
 *
 * @param key What the rate depends on: the engine, its version and device.
 * @param folder Of the cache. @default Pairlab's
 *
 * @example
 * ```ts
 * import { rememberedRate } from "./kept_rates.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * assertEquals(await rememberedRate("an engine", () => Promise.resolve(3), folder), 3);
 * assertEquals(await rememberedRate("an engine", () => Promise.resolve(5), folder), 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function rememberedRate(
  key: string,
  measure: () => Promise<number>,
  folder: string = cacheFolder(),
): Promise<number> {
  const path = join(folder, "rates.json");
  const rates = await readRates(path);
  const known = rates[key];
  if (known !== undefined) return known;
  const rate = await measure();
  try {
    await Deno.mkdir(folder, { recursive: true });
    const now = { ...await readRates(path), [key]: rate };
    await writeTextDurably(path, `${JSON.stringify(now, null, 2)}\n`);
  } catch {
    // Measured anew next time.
  }
  return rate;
}

async function readRates(path: string): Promise<Record<string, number>> {
  try {
    return ratesSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    return {};
  }
}
