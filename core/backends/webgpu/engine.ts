/** The engine `webgpu`: a GPU of any make, through Deno's WebGPU. */
import { fileURLToPath } from "node:url";
import type { EngineKind, Trial } from "../engine_kind.ts";

/** Where Linux shows graphics cards: of any make, NVIDIA's, AMD's, and Windows' below it. */
const DEVICES = ["/dev/dri", "/dev/nvidia0", "/dev/kfd", "/dev/dxg"];

/** Whether there may be a GPU: asked of Linux itself, which costs less than asking WebGPU. */
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

/**
 * The trial, in a process of its own: asking WebGPU opens all drivers, and Mesa's bring an LLVM with
 * which TensorFlow crashes when it opens a SavedModel later. Without the permission to run Deno there
 * is none.
 */
export async function tryElsewhere(cache?: string): Promise<Trial | null> {
  const deno = Deno.execPath();
  const { state } = await Deno.permissions.query({ name: "run", command: deno });
  if (state !== "granted") return null;
  const program = fileURLToPath(new URL("./trial_process.ts", import.meta.url));
  const permissions = ["read", "write", "env", "sys", "ffi"].map((name) => `--allow-${name}`);
  // Its package asks for the home folder at once, which not every command may know.
  const { cacheFolder } = await import("../tensorflow/cache.ts");
  const { success, stdout } = await new Deno.Command(deno, {
    args: ["run", "-q", "--no-check", ...permissions, program, cache ?? cacheFolder()],
    stderr: "null",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : null;
}

/** The engine `webgpu`. */
export const webgpu: EngineKind = {
  compiles: false,
  threadsChangeBits: false,
  joins: false,
  async contends({ library }) {
    return await mayHaveGpu() ? await tryElsewhere(library?.cache) : null;
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
