/** Keeps the memory that TensorFlow's kernels free for the next ones. */
import { openLibc } from "./libc.ts";

/** Parameters of glibc's `mallopt`, and the environment variables that set the same. */
const SETTINGS = [
  // Map no block separately; by default, each of 32 MiB or more is mapped and unmapped again.
  { parameter: -4, value: 0, variable: "MALLOC_MMAP_MAX_" },
  // The end of the heap is not given back.
  { parameter: -1, value: 2 ** 31 - 1, variable: "MALLOC_TRIM_THRESHOLD_" },
  // Threads share that heap: the others that they would get are too small, and always given back.
  { parameter: -8, value: 1, variable: "MALLOC_ARENA_MAX" },
] as const;

/**
 * Tells glibc to keep freed memory for the rest of the process; does nothing with other libraries.
 *
 * TensorFlow has a pool for tensors, but not for the scratch of its convolution kernels, which is as
 * large as the filter: 34 MB in a U-Net. By default glibc gives such a block back to the system at
 * once, and the system gives zeroed pages for the next one, 4 kB at a time: without lowering 50,000
 * page faults a step at 256x256, a tenth of its processor time; with it, still 16,000 at a batch of
 * 4. The process keeps its high-water mark instead, which the next step reaches again anyway.
 */
export function keepFreedMemory(): void {
  if (Deno.build.os !== "linux") return;
  const libc = openLibc({ mallopt: { parameters: ["i32", "i32"], result: "i32" } });
  // Not glibc: slower, but it works.
  if (libc === null) return;
  for (const { parameter, value, variable } of SETTINGS) {
    if (!Deno.env.has(variable)) libc.symbols.mallopt(parameter, value);
  }
  libc.close();
}
