/** The interface through which tfjs-node's kernels reach TensorFlow: tensors by number. */
import type { TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { AttributeType, DType } from "./dtypes.ts";
import { EagerExecutor } from "./eager.ts";
import type { ExecutedTensor, Executor, HeldTensor } from "./executor.ts";
import type { Runtime } from "./runtime.ts";
import { SavedModels } from "./saved_model.ts";
import type { Values } from "./values.ts";

type TensorMetadata = ReturnType<TFJSBinding["executeOp"]>[number];

/** As tfjs-node's addon names it: an output of an operation. */
class Metadata implements TensorMetadata {
  id = -1;
  shape: number[] = [];
  dtype = 0;
}

/** As tfjs-node's addon names it: an attribute of an operation. */
class Attribute implements TFEOpAttr {
  name = "";
  type = 0;
  value: boolean | number | object | string | number[] = 0;
}

/** tfjs-node's binding over the C API. */
export class TensorflowBinding implements TFJSBinding {
  readonly TensorMetadata = Metadata;
  readonly TFEOpAttr = Attribute;
  readonly TF_FLOAT = DType.float32;
  readonly TF_INT32 = DType.int32;
  readonly TF_INT64 = DType.int64;
  readonly TF_BOOL = DType.bool;
  readonly TF_COMPLEX64 = DType.complex64;
  readonly TF_STRING = DType.string;
  readonly TF_RESOURCE = DType.resource;
  readonly TF_UINT8 = DType.uint8;
  readonly TF_ATTR_STRING = AttributeType.string;
  readonly TF_ATTR_INT = AttributeType.int;
  readonly TF_ATTR_FLOAT = AttributeType.float;
  readonly TF_ATTR_BOOL = AttributeType.bool;
  readonly TF_ATTR_TYPE = AttributeType.type;
  readonly TF_ATTR_SHAPE = AttributeType.shape;
  readonly TF_ATTR_RESOURCE = 6;
  readonly TF_Version: string;

  /**
   * How operations are carried out; another one may take its place for a while.
   *
   * tfjs-node hands over a tensor's values when it is used for the first time, so tensors that are
   * to outlive another executor must have been used before.
   */
  executor: Executor;

  readonly #runtime: Runtime;
  readonly #tensors = new Map<number, HeldTensor>();
  readonly #savedModels: SavedModels;
  #nextId = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.executor = new EagerExecutor(runtime);
    this.#savedModels = new SavedModels(runtime);
    this.TF_Version = runtime.version;
  }

  createTensor(shape: number[], dtype: number, values: Values): number {
    return this.hold(this.executor.create(shape, dtype, values));
  }

  deleteTensor(id: number): void {
    this.tensor(id).release();
    this.#tensors.delete(id);
  }

  /** tfjs-node's declaration leaves out the strings, which its addon gives as well. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.executor.read(this.tensor(id)) as Float32Array | Int32Array | Uint8Array;
  }

  executeOp(
    name: string,
    attributes: TFEOpAttr[],
    inputIds: number[],
    outputs: number,
  ): TensorMetadata[] {
    const inputs = inputIds.map((id) => this.tensor(id));
    return this.#register(this.executor.execute(name, attributes, inputs, outputs));
  }

  /** The tensor of that number. */
  tensor(id: number): HeldTensor {
    const tensor = this.#tensors.get(id);
    if (tensor === undefined) {
      throw new RangeError(`Cannot use tensor ${id}: it does not exist, or was disposed`);
    }
    return tensor;
  }

  /** Takes a tensor into the table and gives its number. */
  hold(tensor: HeldTensor): number {
    const id = this.#nextId++;
    this.#tensors.set(id, tensor);
    return id;
  }

  loadSavedModel(folder: string, tags: string): number {
    return this.#savedModels.load(folder, tags);
  }

  deleteSavedModel(id: number): void {
    this.#savedModels.delete(id);
  }

  runSavedModel(
    id: number,
    inputIds: number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[] {
    const inputs = inputIds.map((input) => this.tensor(input));
    return this.#register(this.#savedModels.run(id, inputs, inputNames, outputNames));
  }

  getNumOfSavedModels(): number {
    return this.#savedModels.count;
  }

  getNumOfTensors(): number {
    return this.#tensors.size;
  }

  isUsingGpuDevice(): boolean {
    return this.#runtime.gpu !== null;
  }

  /** Releases every tensor and model that is left. */
  close(): void {
    for (const tensor of this.#tensors.values()) tensor.release();
    this.#tensors.clear();
    this.#savedModels.close();
  }

  #register(executed: readonly ExecutedTensor[]): TensorMetadata[] {
    return executed.map(({ tensor, shape, dtype }) => ({ id: this.hold(tensor), shape, dtype }));
  }
}
