/** The engine `webgpu`: a GPU of any make, through Deno's WebGPU. */
import type { EngineKind } from "../engine_kind.ts";

/** The engine `webgpu`. */
export const webgpu: EngineKind = {
  compiles: false,
  threadsChangeBits: false,
  async contends() {
    const { findAdapter } = await import("./adapter.ts");
    const adapter = await findAdapter();
    return adapter !== null && !adapter.software;
  },
  async diagnose() {
    const { describeAdapter, findAdapters } = await import("./adapter.ts");
    const adapters = await findAdapters();
    if (adapters.length > 0) return { devices: adapters.map(describeAdapter) };
    return {
      missing: {
        found: "there is no graphics adapter that WebGPU can use",
        remedy: "install the GPU's driver (on Linux its Vulkan driver), if there is a GPU",
      },
    };
  },
  async start() {
    const { startWebgpu } = await import("./backend.ts");
    const { version, adapter: { name, software }, close } = await startWebgpu();
    const detail = software ? `${name}, software` : name;
    return { version, threads: 1, exact: true, detail, device: name, close };
  },
};
