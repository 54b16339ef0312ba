/**
 * tfjs' WebGPU backend with kernels of ours, the adapter's limits in words, and its losses.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs";
// @ts-types="./tfjs_webgpu.d.ts"
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.node.js";
import { PairlabError } from "../../base/errors.ts";
import { DeviceLostError } from "../engine_error.ts";

const MEBIBYTE = 2 ** 20;

/** Integers that the host computes. */
const FEW = 1000;

/** A program for the device. Its text is its identity: it is compiled once. */
export interface Shader {
  /**
   * WGSL with an entry point `main` and, in group 0, the storage buffers of inputs and outputs, in
   * this order, and then the uniforms, if any.
   */
  readonly code: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** int32 numbers. */
  readonly uniforms?: readonly number[];
  /** Numbers of workgroups by dimension. */
  readonly workgroups: readonly [number, number, number];
}

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** tfjs' WebGPU backend, as Pairlab uses it. */
export class DeviceBackend extends WebGPUBackend {
  readonly #compiled = new Map<string, Compiled>();
  #failure: Error | null = null;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    device.lost.then(({ reason, message }) => {
      this.#failure = new DeviceLostError(message || reason);
    });
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      event.preventDefault();
      this.#failure ??= new PairlabError(
        error instanceof GPUOutOfMemoryError
          ? "Cannot go on: the GPU's memory is full. Use smaller pictures, a smaller batch, fewer " +
            "filters or another engine (--backend)"
          : `Cannot go on: the GPU refused an operation (${error.message}). Use another engine ` +
            "(--backend) and report this",
      );
    });
  }

  /** Runs a program when those before it are done. */
  runShader({ code, inputs, outputs, uniforms, workgroups }: Shader): void {
    const tensors = [...inputs, ...outputs];
    const buffers = tensors.map(({ dataId }) => {
      this.uploadToGPU(dataId);
      return { buffer: this.tensorMap.get(dataId).resource! };
    });
    const given = uniforms === undefined
      ? []
      : [this.makeUniforms(uniforms.map((value) => ({ type: "int32", data: [value] })))];
    const { pipeline, layout } = this.#compile(code);
    const entries = [...buffers, ...given].map((resource, binding) => ({ binding, resource }));
    this.ensureCommandEncoderReady();
    const pass = this.computePassEncoder ??= this.commandEncoder!.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(...workgroups);
    for (const { dataId } of tensors) this.commandQueueOwnedIds.add(dataId);
    if (++this.dispatchCountInPass < tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) {
      return;
    }
    this.endComputePassEncoder();
    this.submitQueue();
  }

  #compile(code: string): Compiled {
    const known = this.#compiled.get(code);
    if (known !== undefined) return known;
    const module = this.device.createShaderModule({ code });
    const compute = { module, entryPoint: "main" };
    const pipeline = this.device.createComputePipeline({ layout: "auto", compute });
    const compiled = { pipeline, layout: pipeline.getBindGroupLayout(0) };
    this.#compiled.set(code, compiled);
    return compiled;
  }

  /** A new tensor on the device. */
  makeOutput(shape: readonly number[], dtype: DataType = "float32"): TensorInfo {
    return this.makeTensorInfo([...shape], dtype);
  }

  override uploadToGPU(dataId: object): void {
    const { shape, dtype, resource } = this.tensorMap.get(dataId);
    const bytes = 4 * tf.util.sizeFromShape(shape);
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (!resource && bytes > most) {
      throw new PairlabError(
        `Cannot put a tensor of shape [${shape}], ${dtype}, on the GPU: it takes ${
          Math.ceil(bytes / MEBIBYTE)
        } MiB, and this adapter's kernels reach ${
          Math.floor(most / MEBIBYTE)
        } MiB. Use smaller pictures, a smaller batch, fewer filters or another engine (--backend)`,
      );
    }
    const data = this.tensorMap.get(dataId), { values } = data;
    super.uploadToGPU(dataId);
    if (this.#isFewIntegers(dataId)) data.values = values;
  }

  /**
   * Few integers stay on the host and are computed there, since tfjs' shaders take integers for
   * floats: above 2^24 the seeds of random numbers would lose digits. All else is computed by the
   * device, wherever it is at the moment, so that a resumed run repeats.
   */
  override shouldExecuteOnCPU(inputs: readonly TensorInfo[]): boolean {
    return inputs.every(({ dataId }) =>
      this.#isFewIntegers(dataId) && ArrayBuffer.isView(this.tensorMap.get(dataId).values)
    );
  }

  #isFewIntegers(dataId: object): boolean {
    const { dtype, shape } = this.tensorMap.get(dataId);
    return dtype === "int32" && tf.util.sizeFromShape(shape) <= FEW;
  }

  /** The values of a tensor. @throws {DeviceLostError} If the device is gone. */
  override async read(dataId: object): Promise<BackendValues> {
    return await this.#whole(() => super.read(dataId));
  }

  /** A copy of a buffer's bytes. @throws {DeviceLostError} If the device is gone. */
  override async getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    return await this.#whole(() => super.getBufferData(buffer));
  }

  /** @throws {PairlabError} If the device is gone or has refused something. */
  async requireDevice(): Promise<void> {
    await this.#whole(() => new Promise<void>((resolve) => setTimeout(resolve, 0)));
  }

  async #whole<T>(read: () => Promise<T>): Promise<T> {
    let failed: unknown;
    try {
      const value = await read();
      if (this.#failure === null) return value;
    } catch (error) {
      failed = error;
    }
    // The loss is told right after the failures that follow from it.
    await new Promise((resolve) => setTimeout(resolve, 0));
    throw this.#failure ?? failed;
  }

  override readSync(dataId: object): BackendValues {
    const { values, shape } = this.tensorMap.get(dataId);
    if (values !== null && values !== undefined) return values;
    throw new PairlabError(
      `Cannot read a tensor of shape [${shape}] at once: the engine webgpu reads from the GPU ` +
        "asynchronously. Use `await tensor.data()` in place of dataSync() or arraySync()",
    );
  }
}
