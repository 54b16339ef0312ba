/** The engine `webgpu`: a GPU of any make, through Deno's WebGPU. */
import type { EngineKind } from "../engine_kind.ts";

/** Where Linux shows graphics cards: of any make, NVIDIA's, AMD's, and Windows' below it. */
const DEVICES = ["/dev/dri", "/dev/nvidia0", "/dev/kfd", "/dev/dxg"];

/**
 * Whether there may be a GPU. Asking WebGPU opens all drivers, and Mesa's bring an LLVM with which
 * TensorFlow crashes when it opens a SavedModel later: so Linux is asked first.
 */
async function mayHaveGpu(): Promise<boolean> {
  if (Deno.build.os !== "linux") return true;
  const { openLibc } = await import("../tensorflow/libc.ts");
  // Deno opens /dev only with all permissions.
  const libc = openLibc({ access: { parameters: ["buffer", "i32"], result: "i32" } });
  const found = DEVICES.some((path) =>
    libc?.symbols.access(new TextEncoder().encode(`${path}\0`), 0) === 0
  );
  libc?.close();
  return found;
}

/** The engine `webgpu`. */
export const webgpu: EngineKind = {
  compiles: false,
  threadsChangeBits: false,
  async contends() {
    if (!await mayHaveGpu()) return false;
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
