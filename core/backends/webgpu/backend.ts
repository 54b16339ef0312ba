/** tfjs' WebGPU backend, extended for training. */
import * as tf from "@tensorflow/tfjs";
import manifest from "@tensorflow/tfjs-backend-webgpu/package.json" with { type: "json" };
import { EngineError } from "../engine_error.ts";
import { type Adapter, findAdapter } from "./adapter.ts";
import { DeviceBackend } from "./device.ts";
import { registerKernels } from "./kernels.ts";

/** The started WebGPU backend. */
export interface WebgpuBackend {
  /** Version of tfjs-backend-webgpu. */
  readonly version: string;
  readonly adapter: Adapter;
  /** Frees the device and all its tensors. */
  close(): void;
}

const NAME = "webgpu";

/** Limits that are asked for as high as the adapter has them; the others are WebGPU's least. */
const LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
] as const;

let running: WebgpuBackend | undefined;

/**
 * Sets tfjs' backend to "webgpu", on the adapter that WebGPU prefers, with the kernels for training.
 *
 * @throws {EngineError} If there is no adapter.
 *
 * @example
 * ```ts ignore
 * import * as tf from "@tensorflow/tfjs";
 * import { findAdapter } from "./adapter.ts";
 * import { startWebgpu } from "./backend.ts";
 * import { assertEquals } from "@std/assert";
 *
 * if (await findAdapter() !== null) {
 *   const webgpu = await startWebgpu();
 *   assertEquals([...await tf.square([1, 2, 3]).data()], [1, 4, 9]);
 *   webgpu.close();
 * }
 * ```
 */
export async function startWebgpu(): Promise<WebgpuBackend> {
  running ??= await start();
  await tf.setBackend(NAME);
  return running;
}

async function start(): Promise<WebgpuBackend> {
  const adapter = await findAdapter();
  if (adapter === null) {
    throw new EngineError(
      "Cannot start the engine webgpu: there is no graphics adapter that WebGPU can use",
      "Install the GPU's driver (on Linux its Vulkan driver)",
    );
  }
  const { gpu } = adapter;
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, gpu.limits[name]]));
  const requiredFeatures: GPUFeatureName[] = gpu.features.has("timestamp-query")
    ? ["timestamp-query"]
    : [];
  const device = await gpu.requestDevice({ requiredLimits, requiredFeatures });
  const backend = new DeviceBackend(device, gpu.info);
  registerKernels(device.limits);
  if (tf.findBackendFactory(NAME)) tf.removeBackend(NAME);
  tf.registerBackend(NAME, () => backend, 2);
  const forget = (): void => {
    if (running === started) running = undefined;
  };
  device.lost.then(forget);
  const started: WebgpuBackend = {
    version: manifest.version,
    adapter,
    close: () => {
      if (tf.engine().registry[NAME] === backend) tf.removeBackend(NAME);
      device.destroy();
      forget();
    },
  };
  return started;
}
