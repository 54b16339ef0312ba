/** tfjs' wasm backend, made fit for training. */
import { dirname, sep } from "@std/path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import * as tf from "@tensorflow/tfjs";
import { type BackendWasm, setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { PairlabError } from "../../errors.ts";
import { moduleOf } from "./heap.ts";
import { registerKernels } from "./kernels.ts";

/** The wasm backend at work. */
export interface WasmBackend {
  /** Of tfjs-backend-wasm. */
  readonly version: string;
  readonly threads: number;
  /** Frees all its memory; its tensors are gone. */
  close(): void;
}

const NAME = "wasm";
const MEBIBYTE = 2 ** 20;
/** As many bytes as WebAssembly can have. */
const ADDRESSES = 2 ** 32;

/**
 * Sets tfjs' backend to "wasm", with the kernels that training needs, from the files of the npm
 * package alone.
 *
 * @throws {PairlabError} Where WebAssembly has no SIMD instructions, without which a training would
 * take weeks.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { startWasm } from "./backend.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const wasm = await startWasm();
 * const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D, filter = tf.ones([2, 2, 1, 1]) as tf.Tensor4D;
 * const gradient = tf.grad((filter) => tf.conv2d(x, filter as tf.Tensor4D, 1, "valid"))(filter);
 * assertEquals([...gradient.dataSync()], [1, 1, 1, 1]);
 * wasm.close();
 * ```
 */
export async function startWasm(): Promise<WasmBackend> {
  if (!await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) {
    throw new PairlabError(
      "Cannot use the engine wasm: WebAssembly has no SIMD instructions on this machine, a newer Deno or processor, or --backend=cpu, would work",
    );
  }
  const script = fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm"));
  setWasmPaths(dirname(script) + sep);
  registerKernels();
  await withoutProcessListeners(async () => {
    if (!await tf.setBackend(NAME)) {
      throw new PairlabError(
        `Cannot use the engine wasm: its files in "${
          dirname(script)
        }" do not load, "deno install" brings them back`,
      );
    }
  });
  guardMemory(tf.backend() as BackendWasm);
  return {
    version: version_wasm,
    threads: 1,
    close: () => {
      const factory = tf.findBackendFactory(NAME);
      tf.removeBackend(NAME);
      // So that it can be started again.
      tf.registerBackend(NAME, factory, 2);
    },
  };
}

/**
 * The module takes the process's uncaught errors to itself and throws them again from inside, where
 * their origin is lost; its listeners are taken away.
 */
async function withoutProcessListeners(start: () => Promise<void>): Promise<void> {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set(process.listeners(event as "exit")));
  try {
    await start();
  } finally {
    events.forEach((event, index) => {
      for (const listener of process.listeners(event as "exit")) {
        if (!before[index]!.has(listener)) process.removeListener(event, listener);
      }
    });
  }
}

const guarded = new WeakSet<object>();

/** A full memory is answered with address 0, over which the backend would write. */
function guardMemory(backend: BackendWasm): void {
  const wasm = moduleOf(backend);
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
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
