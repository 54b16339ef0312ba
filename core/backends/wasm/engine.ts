/** The engine `wasm`: WebAssembly with SIMD instructions and threads. */
import { countThreads, type EngineKind } from "../engine_kind.ts";

/** The engine `wasm`. */
export const wasm: EngineKind = {
  compiles: false,
  threadsChangeBits: false,
  joins: false,
  async start({ threads: asked }) {
    const { startWasm } = await import("./backend.ts");
    const { version, threads, lack, close } = await startWasm({ threads: asked });
    const why = lack === null ? "" : `; more do not start: ${lack}`;
    const detail = `SIMD, ${countThreads(threads)}${why}`;
    return { version, threads, detail, exact: true, close };
  },
};
