/** WebGPU for tests, where this machine has an adapter: a GPU, or Mesa's software Vulkan. */
import process from "node:process";
import { findAdapter } from "../../../../core/backends/webgpu/adapter.ts";

/** Why tests of the engine are skipped, or false. */
export const skip: string | false = await findAdapter() === null
  ? "no graphics adapter is here; on Linux the package mesa-vulkan-drivers brings one in software"
  : false;

// Deno's test runner counts what is skipped and keeps the reason to itself.
if (skip) process.stdout.write(`Skipping: ${skip}\n`);
