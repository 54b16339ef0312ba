/**
 * The worker script of a thread of the wasm module, which instantiates the module over the shared
 * memory. The library's own worker script works only in browsers.
 */
import { parentPort } from "node:worker_threads";
import factory from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js";
import type { ModuleFactory, ThreadModule, ThreadOrder } from "./threads.ts";

const port = parentPort!;
let thread: ThreadModule | undefined;

// Globals that the module's script calls.
Object.assign(globalThis, {
  postMessage: (message: unknown) => port.postMessage(message),
  startWorker: (module: ThreadModule) => {
    thread = module;
    port.postMessage({ cmd: "loaded" });
  },
});

port.on("message", (order: ThreadOrder) => {
  if (order.cmd === "load") {
    const { wasmMemory, wasmModule } = order;
    void (factory as unknown as ModuleFactory)({
      ENVIRONMENT_IS_PTHREAD: true,
      wasmMemory,
      buffer: wasmMemory.buffer,
      instantiateWasm: (imports, receive) => {
        const instance = new WebAssembly.Instance(wasmModule, imports);
        receive(instance, wasmModule);
        return instance.exports;
      },
    });
  } else if (order.cmd === "run" && thread !== undefined) {
    thread.__emscripten_thread_init(order.pthread_ptr, 0, 0, 1);
    thread.establishStackSpace();
    thread.PThread.threadInitTLS();
    // Returns when the thread ends.
    thread.invokeEntryPoint(order.start_routine, order.arg);
  }
});
