/** What is used of tfjs' WebGPU backend; its package has no types for its CommonJS file. */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs";

/** A tensor's values: on the host until they are needed on the device. */
export interface TensorData {
  values: BackendValues | null;
  readonly dtype: DataType;
  readonly shape: number[];
  resource?: GPUBuffer | null;
}

export declare class WebGPUBackend extends tf.KernelBackend {
  constructor(device: GPUDevice, adapterInfo: GPUAdapterInfo);
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: object): TensorData };
  protected computePassEncoder: GPUComputePassEncoder | null;
  protected commandEncoder: GPUCommandEncoder | null;
  protected readonly commandQueueOwnedIds: WeakSet<object>;
  protected dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  protected makeUniforms(
    uniforms: { type: "int32"; data: number[] }[],
  ): { buffer: GPUBuffer; offset: number; size: number };
  makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues): TensorInfo;
  uploadToGPU(dataId: object): void;
  shouldExecuteOnCPU(inputs: readonly TensorInfo[]): boolean;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  override incRef(dataId: object): void;
  override disposeData(dataId: object, force?: boolean): boolean;
  override read(dataId: object): Promise<BackendValues>;
  override readSync(dataId: object): BackendValues;
}
