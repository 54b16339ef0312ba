/**
 * The engine `tensorflow`: the kernels of tfjs-node over libtensorflow, through Deno's FFI.
 *
 * @module
 */
import "./node_util.ts";
import * as tf from "@tensorflow/tfjs";
// The package's index would load its native addon; these two files do not.
import "@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js";
import { registerCompiler } from "../compile.ts";
import type { Membership, Peers } from "../engine_kind.ts";
import { TensorflowBinding } from "./binding.ts";
import { peersOf } from "./cluster.ts";
import { registerCollectives, unregisterCollectives } from "./collectives.ts";
import { TensorflowCompiler } from "./compiler.ts";
import { registerConvolutions } from "./convolution.ts";
import { functionUnderWay } from "./function.ts";
import { registerTensorflowKernels } from "./kernels.ts";
import { TensorflowBackend } from "./node_backend.ts";
import { vectors } from "./processor.ts";
import { loadRuntime } from "./runtime.ts";

const BACKEND = "tensorflow";

/** Options of {@link startTensorflow}. */
export interface TensorflowOptions {
  /** libtensorflow_cc, as `ensureLibrary` finds it. */
  readonly library: string;
  /**
   * Threads that one operation may use. TensorFlow makes its pool of threads once in a process:
   * later starts keep the first number.
   *
   * @default the number of cores
   */
  readonly threads?: number | undefined;
  /** Compute every convolution directly, and none by tiles. @default false */
  readonly exact?: boolean | undefined;
  /** Join other processes. @default none */
  readonly membership?: Membership | undefined;
}

/** The started engine. */
export interface TensorflowEngine {
  /** e.g. "2.21.0". */
  readonly version: string;
  readonly threads: number;
  readonly usesGpu: boolean;
  /** Whether every convolution is computed directly, as on a GPU, and none by tiles. */
  readonly exact: boolean;
  readonly binding: TensorflowBinding;
  /** The other processes that it has joined. */
  readonly peers?: Peers;
  /** Frees every tensor and the context; do not use its tensors afterwards. */
  close(): void;
}

let running: Omit<TensorflowEngine, "exact"> | undefined;

/**
 * Loads TensorFlow and makes it the backend of tfjs, with all kernels registered.
 *
 * @throws {PairlabError} If the library cannot be loaded.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startTensorflow } from "./backend.ts";
 * import { findLibrary } from "./library.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const found = await findLibrary();
 * if (found !== null) {
 *   const engine = await startTensorflow({ library: found.path });
 *   assertEquals([...tf.square([1, 2, 3]).dataSync()], [1, 4, 9]);
 *   engine.close();
 * }
 * ```
 */
export async function startTensorflow(options: TensorflowOptions): Promise<TensorflowEngine> {
  if (running === undefined) {
    const runtime = loadRuntime(options.library, {
      threads: options.threads,
      // Another kernel rounds otherwise.
      oneDnn: options.exact !== true,
      membership: options.membership,
    });
    const binding = new TensorflowBinding(runtime);
    const backend = new TensorflowBackend(binding);
    tf.registerBackend(BACKEND, () => backend, 3);
    registerTensorflowKernels();
    registerCompiler(BACKEND, new TensorflowCompiler(runtime, backend));
    const { membership } = options;
    if (membership !== undefined) registerCollectives(BACKEND, membership.addresses.length);
    running = {
      version: runtime.version,
      threads: runtime.threads,
      usesGpu: runtime.gpu !== null,
      binding,
      ...membership && { peers: peersOf(runtime) },
      close: () => {
        if (running?.binding !== binding) return;
        const busy = functionUnderWay(runtime);
        if (busy !== undefined) {
          throw new Error(`Cannot close TensorFlow while it runs "${busy}": await that first`);
        }
        running = undefined;
        registerCompiler(BACKEND, null);
        unregisterCollectives(BACKEND);
        tf.removeBackend(BACKEND);
        binding.close();
        runtime.close();
      },
    };
  }
  const exact = options.exact === true || running.usesGpu;
  registerConvolutions(BACKEND, { exact, vectors: vectors() });
  await tf.setBackend(BACKEND);
  return { ...running, exact };
}
