/** tfjs' wasm backend, extended for training. */
import { dirname, join } from "@std/path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import * as tf from "@tensorflow/tfjs";
import { BackendWasm, setThreadsCount, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { messageOf, PairlabError } from "../../base/errors.ts";
import { EngineError } from "../engine_error.ts";
import type { WasmModule } from "./heap.ts";
import { registerKernels } from "./kernels.ts";
import { loadModule, MOST_THREADS } from "./threads.ts";

/** Options of {@link startWasm}. */
export interface WasmOptions {
  /**
   * Threads that one operation may use, at most eight; fixed while the engine runs. Results are the
   * same to the last bit. @default the number of cores
   */
  readonly threads?: number | undefined;
}

/** The started wasm backend. */
export interface WasmBackend {
  /** Version of tfjs-backend-wasm. */
  readonly version: string;
  readonly threads: number;
  /** Why there are fewer threads than requested; null if there are not. */
  readonly lack: string | null;
  /** Frees its memory and tensors and ends its threads. */
  close(): void;
}

const NAME = "wasm";
/** The library's binary with SIMD instructions and threads; it also runs with one thread. */
const BINARY = "tfjs-backend-wasm-threaded-simd.wasm";
const MEBIBYTE = 2 ** 20;
/** Bytes that WebAssembly can address. */
const ADDRESSES = 2 ** 32;

let running: WasmBackend | undefined;

/**
 * Sets tfjs' backend to "wasm", with SIMD instructions, threads and the kernels for training.
 *
 * @throws {EngineError} If WebAssembly has no SIMD instructions, without which training takes weeks.
 * @throws {RangeError} If `threads` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startWasm } from "./backend.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const wasm = await startWasm({ threads: 2 });
 * const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D, filter = tf.ones([2, 2, 1, 1]) as tf.Tensor4D;
 * const gradient = tf.grad((filter) => tf.conv2d(x, filter as tf.Tensor4D, 1, "valid"))(filter);
 * assertEquals([...gradient.dataSync()], [1, 1, 1, 1]);
 * wasm.close();
 * ```
 */
export async function startWasm(
  { threads = navigator.hardwareConcurrency }: WasmOptions = {},
): Promise<WasmBackend> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `Cannot compute with ${threads} threads. Use a whole number from 1.`,
    );
  }
  if (running === undefined) {
    if (!await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) {
      throw new EngineError(
        "Cannot start the engine wasm: WebAssembly has no SIMD instructions on this machine",
        "Use a newer Deno or processor",
        { instead: "cpu" },
      );
    }
    running = await start(Math.min(threads, MOST_THREADS));
  }
  await tf.setBackend(NAME);
  return running;
}

async function start(threads: number): Promise<WasmBackend> {
  const { module, lack } = await loadWithThreads(await compileBinary(), threads);
  guardMemory(module);
  registerKernels();
  setThreadsCount(lack === null ? threads : 1);
  const backend = new BackendWasm(module as unknown as BackendWasm["wasm"]);
  // Replaces tfjs' factory, which would look for its files itself.
  if (tf.findBackendFactory(NAME)) tf.removeBackend(NAME);
  tf.registerBackend(NAME, () => backend, 2);
  return {
    version: version_wasm,
    threads: module.tfjs.getThreadsCount(),
    lack,
    close: () => {
      if (tf.engine().registry[NAME] === backend) tf.removeBackend(NAME);
      running = undefined;
    },
  };
}

async function compileBinary(): Promise<WebAssembly.Module> {
  const folder = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")));
  try {
    return await WebAssembly.compile(await Deno.readFile(join(folder, BINARY)));
  } catch (error) {
    throw new PairlabError(
      `Cannot start the engine wasm: "${BINARY}" in "${folder}" does not load (${
        messageOf(error)
      }). Run "deno install" to restore it.`,
      { cause: error },
    );
  }
}

/** Loads the module with the requested threads, or else with one. */
async function loadWithThreads(
  binary: WebAssembly.Module,
  threads: number,
): Promise<{ module: WasmModule; lack: string | null }> {
  const load = (count: number): Promise<WasmModule> =>
    withoutProcessListeners(() => loadModule(binary, count));
  try {
    return { module: await load(threads), lack: null };
  } catch (error) {
    if (threads === 1) throw error;
    return { module: await load(1), lack: messageOf(error) };
  }
}

/**
 * Removes the module's listeners for uncaught errors, which rethrow them without their origin.
 */
async function withoutProcessListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set(process.listeners(event as "exit")));
  try {
    return await start();
  } finally {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as "exit")) {
        if (!before[index]!.has(listener)) process.removeListener(event, listener);
      }
    });
  }
}

/** Throws when memory is full: the module returns address 0, which the backend would overwrite. */
function guardMemory(wasm: WasmModule): void {
  const allocate = wasm._malloc;
  const guard = (bytes: number): number => {
    // The module reads sizes as signed.
    const address = bytes < ADDRESSES / 2 ? allocate(bytes) : 0;
    if (address !== 0 || bytes === 0) return address;
    throw new PairlabError(
      `Cannot allocate a tensor of ${(bytes / MEBIBYTE).toFixed()} MiB: ${
        (wasm.HEAPU8.length / MEBIBYTE).toFixed()
      } of WebAssembly's ${
        ADDRESSES / MEBIBYTE
      } MiB are in use. Use smaller pictures, fewer filters or --backend=tensorflow.`,
    );
  };
  // The setter ignores the module's own replacement of the function at its first call.
  Object.defineProperty(wasm, "_malloc", { get: () => guard, set: () => {} });
}
