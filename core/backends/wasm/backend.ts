/** tfjs' wasm backend, made fit for training. */
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

/** How {@link startWasm} starts the engine. */
export interface WasmOptions {
  /**
   * Threads that one operation may use, of which there can be eight; where the engine runs already,
   * its number stays. Results do not depend on it, to the last bit.
   *
   * @default the number of cores
   */
  readonly threads?: number | undefined;
}

/** The wasm backend at work. */
export interface WasmBackend {
  /** Of tfjs-backend-wasm. */
  readonly version: string;
  readonly threads: number;
  /** Why there are fewer threads than were to be; null where there are not. */
  readonly lack: string | null;
  /** Frees all its memory, and ends its threads; its tensors are gone. */
  close(): void;
}

const NAME = "wasm";
/** The library's only binary with both SIMD instructions and threads; it runs with one as well. */
const BINARY = "tfjs-backend-wasm-threaded-simd.wasm";
const MEBIBYTE = 2 ** 20;
/** As many bytes as WebAssembly can have. */
const ADDRESSES = 2 ** 32;

let running: WasmBackend | undefined;

/**
 * Sets tfjs' backend to "wasm", with SIMD instructions, threads, and the kernels that training
 * needs, from the files of the npm package alone.
 *
 * @throws {PairlabError} Where WebAssembly has no SIMD instructions, without which a training would
 * take weeks.
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
      `Cannot compute with ${threads} threads: a whole number from 1 would work`,
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
  // In the place of tfjs' own, which would look for its files itself.
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
      `Cannot use the engine wasm: its file "${BINARY}" in "${folder}" does not load (${
        messageOf(error)
      }), "deno install" brings it back`,
      { cause: error },
    );
  }
}

/** A module with as many threads as were asked for, or else with one. */
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
 * The module takes the process's uncaught errors to itself and throws them again from inside, where
 * their origin is lost; its listeners are taken away.
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

/** A full memory is answered with address 0, over which the backend would write. */
function guardMemory(wasm: WasmModule): void {
  const allocate = wasm._malloc;
  const guard = (bytes: number): number => {
    // The module takes a request of half the addresses and more for a negative one.
    const address = bytes < ADDRESSES / 2 ? allocate(bytes) : 0;
    if (address !== 0 || bytes === 0) return address;
    throw new PairlabError(
      `Cannot make a tensor of ${(bytes / MEBIBYTE).toFixed()} MiB: ${
        (wasm.HEAPU8.length / MEBIBYTE).toFixed()
      } of the ${
        ADDRESSES / MEBIBYTE
      } MiB that WebAssembly can have is taken, smaller pictures, fewer filters or the engine tensorflow would work`,
    );
  };
  // With its first call the function puts another one into its place, which must not undo this.
  Object.defineProperty(wasm, "_malloc", { get: () => guard, set: () => {} });
}
