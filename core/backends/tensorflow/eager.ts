/** Runs operations at once. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { type Attributed, setAttribute } from "./attributes.ts";
import { cString } from "./c_strings.ts";
import { AttributeType, describeTensor, DType } from "./dtypes.ts";
import type { ExecutedTensor, Executor, HeldTensor } from "./executor.ts";
import { present, type Runtime } from "./runtime.ts";
import {
  deleteStringTensor,
  newNumberTensor,
  newStringTensor,
  readValues,
  type Values,
} from "./values.ts";

/** A tensor whose values exist. */
export class EagerTensor implements HeldTensor {
  constructor(private readonly runtime: Runtime, readonly handle: Deno.PointerObject) {}

  get dtype(): number {
    return this.runtime.api.TFE_TensorHandleDataType(this.handle);
  }

  get shape(): number[] {
    const { api, status } = this.runtime;
    const rank = api.TFE_TensorHandleNumDims(this.handle, status.pointer);
    status.check(() => "ask for a tensor's rank");
    const shape = new Array<number>(rank);
    for (let axis = 0; axis < rank; axis++) {
      shape[axis] = Number(api.TFE_TensorHandleDim(this.handle, axis, status.pointer));
    }
    return shape;
  }

  read(): Values {
    const tensor = resolveHandle(this.runtime, this.handle);
    try {
      return readValues(this.runtime.api, tensor, this.dtype);
    } finally {
      this.runtime.api.TF_DeleteTensor(tensor);
    }
  }

  lend<T>(use: (handle: Deno.PointerObject) => T): T {
    return use(this.handle);
  }

  release(): void {
    this.runtime.api.TFE_DeleteTensorHandle(this.handle);
  }
}

/** The `TF_Tensor` with the values of a handle, for the caller to delete. */
export function resolveHandle(runtime: Runtime, handle: Deno.PointerObject): Deno.PointerObject {
  const { api, status } = runtime;
  const tensor = api.TFE_TensorHandleResolve(handle, status.pointer);
  status.check(() => {
    const { dtype, shape } = new EagerTensor(runtime, handle);
    return `read a tensor ${describeTensor(dtype, shape)}`;
  });
  return present(tensor);
}

/** Another tensor of the same values, which it shares. */
export function shareTensor(runtime: Runtime, tensor: HeldTensor): EagerTensor {
  const { api, status } = runtime;
  const handle = tensor.lend((handle) =>
    api.TFE_TensorHandleCopySharingTensor(handle, status.pointer)
  );
  status.check(() => "share a tensor");
  return new EagerTensor(runtime, present(handle));
}

/** A tensor of a `TF_Tensor`'s values, which it shares; the `TF_Tensor` can be deleted. */
export function holdTensor(runtime: Runtime, tensor: Deno.PointerValue): EagerTensor {
  const { api, status } = runtime;
  const handle = api.TFE_NewTensorHandle(tensor, status.pointer);
  status.check(() => "make a tensor");
  return new EagerTensor(runtime, present(handle));
}

/** An operation's outputs: tensors with their types and shapes. */
export function describeOutputs(tensors: readonly EagerTensor[]): ExecutedTensor[] {
  try {
    return tensors.map((tensor) => ({ tensor, shape: tensor.shape, dtype: tensor.dtype }));
  } catch (error) {
    for (const tensor of tensors) tensor.release();
    throw error;
  }
}

/** Room for the handles of an operation; only a split into many parts needs more. */
const ROOM = 64;

const ONE_INPUT: TFEOpAttr = { name: "N", type: AttributeType.int, value: 1 };

/** Runs each operation at once. */
export class EagerExecutor implements Executor {
  readonly #results = new BigUint64Array(ROOM);
  readonly #count = new Int32Array(1);

  constructor(private readonly runtime: Runtime) {}

  create(shape: readonly number[], dtype: number, values: Values): EagerTensor {
    return Array.isArray(values)
      ? this.#createStrings(shape, dtype, values)
      : this.#createNumbers(shape, dtype, values);
  }

  read(tensor: HeldTensor): Values {
    return tensor.read();
  }

  execute(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly HeldTensor[],
    outputs: number,
  ): ExecutedTensor[] {
    const { api, status, context } = this.runtime;
    const describe = (): string => describeOp(name, inputs);
    const op = api.TFE_NewOp(context, cString(name), status.pointer);
    status.check(describe);
    const to: Attributed = { api: "TFE_Op", pointer: present(op) };
    try {
      for (const input of inputs) {
        input.lend((handle) => api.TFE_OpAddInput(op, handle, status.pointer));
        status.check(describe);
      }
      for (const attribute of attributes) setAttribute(this.runtime, to, attribute);
      const results = outputs <= ROOM ? this.#results : new BigUint64Array(outputs);
      this.#count[0] = outputs;
      api.TFE_Execute(op, results, this.#count, status.pointer);
      status.check(describe);
      return this.#take(results, this.#count[0]);
    } finally {
      api.TFE_DeleteOp(op);
    }
  }

  #take(results: BigUint64Array, count: number): ExecutedTensor[] {
    const handles = Array.from(results.subarray(0, count), Deno.UnsafePointer.create);
    return describeOutputs(handles.map((handle) => new EagerTensor(this.runtime, present(handle))));
  }

  #createNumbers(
    shape: readonly number[],
    dtype: number,
    values: Float32Array | Int32Array | Uint8Array,
  ): EagerTensor {
    const { api } = this.runtime;
    const tensor = newNumberTensor(api, shape, dtype, values);
    try {
      return this.#toDevice(holdTensor(this.runtime, tensor), dtype);
    } finally {
      api.TF_DeleteTensor(tensor);
    }
  }

  #createStrings(
    shape: readonly number[],
    dtype: number,
    values: readonly Uint8Array[],
  ): EagerTensor {
    if (dtype !== DType.string) {
      throw new TypeError(`Cannot make a tensor ${describeTensor(dtype, shape)} from strings`);
    }
    const { api } = this.runtime;
    const raw = newStringTensor(api, shape, values);
    try {
      const borrowed = holdTensor(this.runtime, raw);
      try {
        // A copy that TensorFlow makes belongs to it, strings and all.
        const [copy] = this.execute("StringJoin", [ONE_INPUT], [borrowed], 1);
        return copy!.tensor as EagerTensor;
      } finally {
        borrowed.release();
      }
    } finally {
      deleteStringTensor(api, raw, values.length);
    }
  }

  /** GPU kernels want everything but int32 in the GPU's memory. */
  #toDevice(tensor: EagerTensor, dtype: number): EagerTensor {
    const { api, status, context, gpu } = this.runtime;
    if (gpu === null || dtype === DType.int32) return tensor;
    try {
      const copy = api.TFE_TensorHandleCopyToDevice(tensor.handle, context, gpu, status.pointer);
      status.check(() => "copy a tensor to the GPU");
      return new EagerTensor(this.runtime, present(copy));
    } finally {
      tensor.release();
    }
  }
}

function describeOp(name: string, inputs: readonly HeldTensor[]): string {
  const described = inputs.map(({ dtype, shape }) => describeTensor(dtype, shape)).join(", ");
  return `run op "${name}"${described === "" ? "" : ` on ${described}`}`;
}
