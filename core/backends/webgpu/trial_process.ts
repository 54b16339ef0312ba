/**
 * The trial of WebGPU, as a program: prints the {@link Trial} of the adapter that it prefers, or null
 * if the processor computes in its place, or there is none.
 *
 *     deno run -A trial_process.ts CACHE
 */
import process from "node:process";
import { rememberedRate } from "../kept_rates.ts";
import { measureRate } from "../rate.ts";
import { type Adapter, findAdapter } from "./adapter.ts";
import type { Trial } from "../engine_kind.ts";
import { startWebgpu } from "./backend.ts";

/** Measures an adapter, or says that it may not contend. */
export async function tryAdapter(
  adapter: Pick<Adapter, "software"> | null,
  measure: () => Promise<number>,
): Promise<Trial | null> {
  return adapter === null || adapter.software ? null : { rate: await measure() };
}

if (import.meta.main) {
  const trial = await tryAdapter(await findAdapter(), async () => {
    const { version, adapter: { name } } = await startWebgpu();
    return await rememberedRate(`webgpu ${version} (${name})`, measureRate, Deno.args[0]);
  });
  process.stdout.write(JSON.stringify(trial), () => Deno.exit());
}
