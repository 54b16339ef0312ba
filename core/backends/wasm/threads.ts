/** The wasm module that computes, with its threads. */
import { Worker } from "node:worker_threads";
import factory from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js";
import type { WasmModule } from "./heap.ts";

/** As many workers as the library's script makes in advance, one for each thread but the first. */
const POOL = 8;

/** How many threads the module can have. */
export const MOST_THREADS = POOL;

/** What a module's script is given; the names are Emscripten's. */
export interface ModuleOptions {
  readonly ENVIRONMENT_IS_PTHREAD?: true;
  readonly wasmMemory?: WebAssembly.Memory;
  readonly buffer?: ArrayBufferLike;
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
}

/** What the library's script exports. */
export type ModuleFactory = (options: ModuleOptions) => Promise<WasmModule>;

/** What is used of the module in a thread. */
export interface ThreadModule {
  __emscripten_thread_init(pointer: number, isMain: 0, isRuntime: 0, canBlock: 1): void;
  establishStackSpace(): void;
  invokeEntryPoint(routine: number, argument: number): void;
  readonly PThread: { threadInitTLS(): void };
}

/** What a thread is told. */
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

/** A worker as the library's script uses it. */
interface PoolWorker {
  /** Set by the script. */
  onmessage?: (event: { readonly data: unknown }) => void;
  postMessage(order: ThreadOrder): void;
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): void;
}

/** A worker that will run a thread. It never keeps the process from ending. */
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

/** Stands where the pool has a worker too many: says that it is loaded, and is never used. */
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
 * Calls `start` while `new Worker()` gives what `make` makes: the library's script would take Node's
 * workers, put them into the place of everybody's `Worker`, and start eight.
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
 * Instantiates the module over a memory that threads can share.
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
    // The pool gives its last ones first.
    const worker = workers.length >= POOL - (threads - 1)
      ? startWorker(failed.reject)
      : pretendWorker();
    workers.push(worker);
    return worker;
  };
  const ready = withWorkers(make, () =>
    (factory as unknown as ModuleFactory)({
      instantiateWasm: (imports, receive) => {
        // The module takes no more threads than half the cores.
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

/** What tfjs' backend calls. */
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
