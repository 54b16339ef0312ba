/** Loading the wasm module with its threads. */
import { Worker } from "node:worker_threads";
import factory from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js";
import type { WasmModule } from "./heap.ts";

/** Workers that the library's script creates in advance, one per thread except the first. */
const POOL = 8;

/** The greatest number of threads. */
export const MOST_THREADS = POOL;

/** Options of the module's script, with Emscripten's names. */
export interface ModuleOptions {
  readonly ENVIRONMENT_IS_PTHREAD?: true;
  readonly wasmMemory?: WebAssembly.Memory;
  readonly buffer?: ArrayBufferLike;
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
}

/** The export of the library's script. */
export type ModuleFactory = (options: ModuleOptions) => Promise<WasmModule>;

/** The used part of the module in a thread. */
export interface ThreadModule {
  __emscripten_thread_init(pointer: number, isMain: 0, isRuntime: 0, canBlock: 1): void;
  establishStackSpace(): void;
  invokeEntryPoint(routine: number, argument: number): void;
  readonly PThread: { threadInitTLS(): void };
}

/** Messages to a thread. */
export type ThreadOrder =
  | {
    readonly cmd: "load";
    readonly wasmMemory: WebAssembly.Memory;
    readonly wasmModule: WebAssembly.Module;
  }
  | {
    readonly cmd: "run";
    readonly pthread_ptr: number;
    readonly start_routine: number;
    readonly arg: number;
  };

/** The interface of workers in the library's script. */
interface PoolWorker {
  /** Set by the script. */
  onmessage?: (event: { readonly data: unknown }) => void;
  postMessage(order: ThreadOrder): void;
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): void;
}

/** Starts a worker for a thread. It does not keep the process alive. */
function startWorker(onError: (error: unknown) => void): PoolWorker {
  const worker = new Worker(new URL("./thread.ts", import.meta.url));
  worker.on("error", onError);
  return {
    postMessage: (order) => worker.postMessage(order),
    on: (event, listener) => event === "message" && worker.on(event, listener),
    ref: () => {},
    unref: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

/** A placeholder for an unused worker of the pool: reports that it is loaded. */
function pretendWorker(): PoolWorker {
  return {
    postMessage() {
      this.onmessage?.({ data: { cmd: "loaded" } });
    },
    on: () => {},
    ref: () => {},
    unref: () => {},
    terminate: () => {},
  };
}

/**
 * Calls `start` while `new Worker()` returns `make()`: the library's script would replace the global
 * `Worker` by Node's and start eight.
 */
function withWorkers<T>(make: () => PoolWorker, start: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, "Worker")!;
  class Replacement {
    constructor() {
      return make();
    }
  }
  Object.defineProperty(globalThis, "Worker", {
    configurable: true,
    get: () => Replacement,
    set: () => {},
  });
  try {
    return start();
  } finally {
    Object.defineProperty(globalThis, "Worker", own);
  }
}

/**
 * Instantiates the module over shared memory.
 *
 * @param binary The library's `tfjs-backend-wasm-threaded-simd.wasm`, compiled.
 * @param threads 1…{@link MOST_THREADS}.
 */
export async function loadModule(
  binary: WebAssembly.Module,
  threads: number,
): Promise<WasmModule> {
  const workers: PoolWorker[] = [];
  const failed = Promise.withResolvers<never>();
  const make = (): PoolWorker => {
    // The pool hands out its last workers first.
    const worker = workers.length >= POOL - (threads - 1)
      ? startWorker(failed.reject)
      : pretendWorker();
    workers.push(worker);
    return worker;
  };
  const ready = withWorkers(make, () =>
    (factory as unknown as ModuleFactory)({
      instantiateWasm: (imports, receive) => {
        // The module uses half the cores at most.
        imports["env"]!["emscripten_num_logical_cores"] = () => 2 * threads;
        const instance = new WebAssembly.Instance(binary, imports);
        receive(instance, binary);
        return instance.exports;
      },
    }));
  try {
    const module = await Promise.race([ready, failed.promise]);
    module.tfjs = bindingsOf(module);
    return module;
  } catch (error) {
    for (const worker of workers) worker.terminate();
    throw error;
  }
}

/** The functions that tfjs' backend calls. */
function bindingsOf({ cwrap }: WasmModule): WasmModule["tfjs"] {
  return {
    init: cwrap("init", null, []),
    initWithThreadsCount: cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: cwrap("get_threads_count", "number", []),
    registerTensor: cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: cwrap("dispose_data", null, ["number"]),
    dispose: cwrap("dispose", null, []),
  };
}
