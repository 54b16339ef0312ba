/** The machine that something was measured on. */
import { availableParallelism, cpus } from "node:os";
import { type Vectors, vectors } from "../../core/backends/tensorflow/processor.ts";

/** What a measurement says of its machine. */
export interface Machine {
  /** As the processor calls itself. */
  readonly cpu: string;
  /** The widest vectors that TensorFlow's convolutions use. */
  readonly vectors: Vectors;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || Deno.build.arch,
    vectors: vectors(),
    cores: availableParallelism(),
    memory: Deno.systemMemoryInfo().total,
  };
}

/** In words: `AMD EPYC (AVX-512), 2 cores, 24 GiB`. */
export function describeMachine({ cpu, vectors, cores, memory }: Machine): string {
  const processor = vectors === "other" ? cpu : `${cpu} (${vectors})`;
  const count = `${cores} ${cores === 1 ? "core" : "cores"}`;
  return `${processor}, ${count}, ${Math.round(memory / 2 ** 30)} GiB`;
}

/**
 * The most memory that this process has had at once, bytes: what the system counted where it tells
 * (Linux, with all permissions), otherwise what it has now.
 */
export async function peakMemory(): Promise<number> {
  try {
    const status = await Deno.readTextFile("/proc/self/status");
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No such file on other systems.
  }
  return Deno.memoryUsage().rss;
}
