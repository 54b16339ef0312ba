/** tfjs' CPU backend: plain JavaScript, the reference in tests. */
import * as tf from "@tensorflow/tfjs";

/** The started CPU backend. */
export interface CpuBackend {
  /** Version of tfjs-backend-cpu. */
  readonly version: string;
  readonly threads: number;
  /** Does nothing: JavaScript frees its tensors. */
  close(): void;
}

/** Suppresses the advice to install tfjs-node, which does not load in Deno. */
export function quietCpuBackend(): void {
  (tf.findBackend("cpu") as unknown as { firstUse: boolean }).firstUse = false;
}

/**
 * Sets tfjs' backend to "cpu".
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startCpu } from "./backend.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await startCpu();
 * assertEquals([...tf.add([1, 2], [3, 4]).dataSync()], [4, 6]);
 * ```
 */
export async function startCpu(): Promise<CpuBackend> {
  quietCpuBackend();
  await tf.setBackend("cpu");
  return { version: String(tf.version["tfjs-backend-cpu"]), threads: 1, close: () => {} };
}
