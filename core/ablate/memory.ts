/** Memory that cells need, and that is free. */
import { withShapesOnly } from "../backends/shapes.ts";
import { buildNetworks, type Networks } from "../model/networks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";

/** Deno, TensorFlow.js and the engine, before any network is built. */
const PROCESS = 900 * 2 ** 20;

/** Bytes of a float. */
const FLOAT = 4;

/** Weights, gradients, two moments of Adam, and the copies that a checkpoint is written from. */
const COPIES_OF_WEIGHTS = 6;

/** D runs on real and fake, and back-propagation holds as much again. */
const COPIES_OF_ACTIVATIONS = 6;

/**
 * Estimates the memory of a training, bytes, on the high side: from the weights and the outputs of all
 * layers for a batch.
 */
export function estimateMemory(wiring: Wiring, shape: TaskShape, batch: number): number {
  const { weights, activations } = withShapesOnly(() =>
    countNumbers(buildNetworks(wiring, shape, 0))
  );
  return PROCESS +
    FLOAT * (weights * COPIES_OF_WEIGHTS + activations * batch * COPIES_OF_ACTIVATIONS);
}

function countNumbers(
  { generator, discriminator }: Networks,
): { weights: number; activations: number } {
  let weights = 0, activations = 0;
  for (const model of discriminator === undefined ? [generator] : [generator, discriminator]) {
    for (const { shape } of model.weights) weights += sizeOf(shape);
    for (const { outputShape } of model.layers) {
      // One shape, or a list of them.
      const shapes = (Array.isArray(outputShape[0]) ? outputShape : [outputShape]) as number[][];
      for (const [, ...extents] of shapes) activations += sizeOf(extents);
    }
  }
  return { weights, activations };
}

function sizeOf(extents: readonly (number | null)[]): number {
  return extents.reduce<number>((size, extent) => size * (extent ?? 1), 1);
}

/** Free memory of the machine or container, bytes. */
export async function freeMemory(): Promise<number> {
  const { available } = Deno.systemMemoryInfo();
  // NaN without a limit ("max") or without these files.
  const limit = Number(await readText("/sys/fs/cgroup/memory.max"));
  const used = Number(await readText("/sys/fs/cgroup/memory.current"));
  if (!(limit > 0 && used > 0)) return available;
  // Cached files can be dropped.
  const [, kept = "0"] =
    /^inactive_file (\d+)$/m.exec(await readText("/sys/fs/cgroup/memory.stat") ?? "") ?? [];
  return Math.min(available, limit - used + Number(kept));
}

/** Peak memory of this process, bytes; current memory where the system does not report the peak. */
export async function peakMemory(): Promise<number> {
  const status = await readText("/proc/self/status") ?? "";
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(status) ?? [];
  return kilobytes === undefined ? Deno.memoryUsage().rss : Number(kilobytes) * 1024;
}

/** The text of a system file; undefined if it does not exist. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

/** The number of cells that fit into memory. */
export interface Room {
  readonly jobs: number;
  /** Why fewer than asked for. */
  readonly reason?: string;
}

/**
 * The number of cells that fit into memory, at most `wanted`.
 *
 * @example
 * ```ts
 * import { fitJobs } from "./memory.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fitJobs(2, { needed: 1e9, free: 5e9 }).jobs, 2);
 * assertEquals(fitJobs(8, { needed: 1e9, free: 5e9 }).jobs, 4); // a tenth is left to others
 * ```
 */
export function fitJobs(
  wanted: number,
  { needed, free }: { readonly needed: number; readonly free: number },
): Room {
  const jobs = Math.min(wanted, Math.floor(free * 0.9 / needed));
  if (jobs === wanted) return { jobs };
  return {
    jobs,
    reason: `${wanted === 1 ? "a cell needs" : `${wanted} cells at once need`} about ${
      inWords(needed * wanted)
    } of memory, ${inWords(free)} are free`,
  };
}

/** A number of bytes in words: `3.4 GB`, `120 MB`. */
export function inWords(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
