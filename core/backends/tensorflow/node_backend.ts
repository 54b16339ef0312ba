/** tfjs-node's backend, with access to the tensors behind tfjs' own. */
import * as tf from "@tensorflow/tfjs";
import type {
  backend_util,
  DataId,
  DataType,
  Tensor,
  TensorInfo,
  Variable,
} from "@tensorflow/tfjs";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import type { TensorflowBinding } from "./binding.ts";
import type { HeldTensor } from "./executor.ts";
import { Trace } from "./trace.ts";

/** Members that the declaration of the class leaves out. */
interface Hidden {
  getInputTensorIds(tensors: readonly Pick<TensorInfo, "dataId">[]): [number];
  createOutputTensor(metadata: { id: number; dtype: number; shape: readonly number[] }): Tensor;
}

/** The backend of the engine `tensorflow`. */
export class TensorflowBackend extends NodeJSKernelBackend {
  readonly #hidden = this as unknown as Hidden;

  constructor(override readonly binding: TensorflowBinding) {
    super(binding, "@tensorflow/tfjs-node-gpu");
  }

  /**
   * Keeps the values of a new tensor where they will be needed. tfjs-node's own waits for the first
   * operation; in a trace, a tensor from outside would look like a constant then.
   */
  override write(
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
  ): DataId {
    const dataId = super.write(values, shape, dtype);
    this.held({ dataId });
    return dataId;
  }

  /** Whether a tensor is here or can be moved here; its backend may be closed. */
  canHold({ dataId }: Pick<TensorInfo, "dataId">): boolean {
    const { state, registry } = tf.engine();
    const owner = state.tensorInfo.get(dataId)?.backend;
    return owner !== undefined && Object.values(registry).includes(owner);
  }

  /** The tensor behind one of tfjs; one of another backend is moved here. */
  held(tensor: Pick<TensorInfo, "dataId">): HeldTensor {
    const [id] = this.#hidden.getInputTensorIds([tensor]);
    return this.binding.tensor(id);
  }

  /** A new tensor of tfjs, which frees the given one when it is disposed. */
  adopt(tensor: HeldTensor): Tensor {
    const { dtype, shape } = tensor;
    return this.#hidden.createOutputTensor({ id: this.binding.hold(tensor), dtype, shape });
  }

  /**
   * Changes variables in place by one of TensorFlow's operations on resources, if a function is
   * being traced; see {@link Trace.update}.
   *
   * @returns The variables' new values, for the caller to assign; null if it must compute them by
   * other means.
   */
  updateInPlace(
    name: string,
    attributes: readonly TFEOpAttr[],
    variables: readonly Variable[],
    inputs: readonly TensorInfo[],
  ): Tensor[] | null {
    const { executor } = this.binding;
    if (!(executor instanceof Trace)) return null;
    const values = new Map(variables.map((variable) => [variable, this.held(variable)]));
    const held = inputs.map((input) => this.held(input));
    const updated = executor.update(name, attributes, values, held);
    return updated?.map(({ tensor }) => this.adopt(tensor)) ?? null;
  }
}
