/**
 * A thread of the wasm module: the script of a worker, in which it is instantiated once more, over
 * the same memory.
 *
 * The library's own worker script reads the module's script from a Blob's URL as if it were a file,
 * which works in no runtime but a browser.
 */
import { parentPort } from "node:worker_threads";
import factory from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js";
import type { ModuleFactory, ThreadModule, ThreadOrder } from "./threads.ts";

const port = parentPort!;
let thread: ThreadModule | undefined;

// What the module's script calls by these names when it is ready, and to speak to its creator.
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
    // Does not return before the thread ends.
    thread.invokeEntryPoint(order.start_routine, order.arg);
  }
});
