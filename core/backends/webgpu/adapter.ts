/** The graphics adapters that WebGPU finds on this machine. */

/** A graphics adapter. */
export interface Adapter {
  readonly gpu: GPUAdapter;
  /** As its driver calls it, e.g. "NVIDIA H100 PCIe". */
  readonly name: string;
  /** Whether the processor computes in its place. */
  readonly software: boolean;
  /** Bytes of the largest tensor that a kernel can reach. */
  readonly mostBytes: number;
}

/** Drivers that draw on the processor: Mesa's, Google's and Windows'. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|basic render/i;

/** Wayland's library complains of its absence on standard error. */
const RUNTIME_FOLDER = "XDG_RUNTIME_DIR";

/**
 * The adapter that WebGPU prefers, or null if there is none.
 *
 * @param preference `software`: the one that computes on the processor. @default "fast"
 *
 * @example
 * ```ts ignore
 * import { findAdapter } from "./adapter.ts";
 * import { assert } from "@std/assert";
 *
 * const adapter = await findAdapter();
 * assert(adapter === null || adapter.mostBytes >= 2 ** 20);
 * ```
 */
export async function findAdapter(
  preference: "fast" | "frugal" | "software" = "fast",
): Promise<Adapter | null> {
  const gpu = await quietly(() =>
    navigator.gpu?.requestAdapter({
      powerPreference: preference === "frugal" ? "low-power" : "high-performance",
      forceFallbackAdapter: preference === "software",
    })
  );
  if (!gpu) return null;
  const { description, vendor, device, isFallbackAdapter } = gpu.info;
  const name = description || `${vendor} ${device}`.trim() || "an adapter without a name";
  const { maxStorageBufferBindingSize, maxBufferSize } = gpu.limits;
  return {
    gpu,
    name,
    software: isFallbackAdapter || SOFTWARE.test(name),
    mostBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
  };
}

/** All adapters that WebGPU names, the preferred one first. */
export async function findAdapters(): Promise<Adapter[]> {
  const found = new Map<string, Adapter>();
  for (const preference of ["fast", "frugal", "software"] as const) {
    const adapter = await findAdapter(preference);
    if (adapter !== null && !found.has(adapter.name)) found.set(adapter.name, adapter);
  }
  return [...found.values()];
}

/** An adapter in words: its name, and what distinguishes it. */
export function describeAdapter({ name, software, mostBytes }: Adapter): string {
  const kind = software ? "software, computed by the processor" : "hardware";
  return `${name} (${kind}, tensors up to ${(mostBytes / 2 ** 20).toFixed()} MiB)`;
}

async function quietly<T>(ask: () => Promise<T>): Promise<T> {
  if (Deno.build.os !== "linux" || Deno.env.has(RUNTIME_FOLDER)) return await ask();
  Deno.env.set(RUNTIME_FOLDER, "/nonexistent");
  try {
    return await ask();
  } finally {
    Deno.env.delete(RUNTIME_FOLDER);
  }
}
