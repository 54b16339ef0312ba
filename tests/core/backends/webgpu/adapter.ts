/**
 * WebGPU for tests, where this machine has an adapter: a GPU, or Mesa's software Vulkan. Mesa's drivers
 * bring an LLVM with which TensorFlow crashes in the same process, and Deno runs all test files in one:
 * so these tests are skipped but in the process that `own_process_test.ts` starts.
 */
import process from "node:process";
import { findAdapter } from "../../../../core/backends/webgpu/adapter.ts";

/** Set in the process in which WebGPU is tested. */
export const OWN_PROCESS = "PAIRLAB_TEST_WEBGPU";

/** Why tests of the engine are skipped, or false. */
export const skip: string | false = !Deno.env.has(OWN_PROCESS)
  ? "they run in a process of their own"
  : await findAdapter() === null
  ? "no graphics adapter is here; on Linux the package mesa-vulkan-drivers brings one in software"
  : false;

if (skip && Deno.env.has(OWN_PROCESS)) process.stdout.write(`Skipping: ${skip}\n`);
