/**
 * The operations of a network, written down as they are called.
 *
 * A tfjs backend without numbers notes each kernel with its inputs and attributes. Whatever a layer
 * computes is found so, layers of users included, and no format needs to know any layer.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { BackendValues, DataType, NamedAttrMap, Tensor4D, TensorInfo } from "@tensorflow/tfjs";
import { registerShapeKernels } from "../backends/kernel_shapes.ts";
import { type Described, onBackend, ValuelessBackend } from "../backends/valueless_backend.ts";
import { PairlabError } from "../base/errors.ts";

const NAME = "export-trace";

/** The place of a tensor within a trace. */
export type ValueId = number;

/** A tensor whose values do not depend on the picture. */
export interface TracedConstant extends Described {
  readonly id: ValueId;
  /** Its values, where they were given to the trace; a weight is read from its own backend. */
  readonly values?: Float32Array | Int32Array | Uint8Array;
  readonly dataId: object;
}

/** A kernel that was called. */
export interface TracedOperation {
  /** tfjs' name of it, e.g. `Conv2D`. */
  readonly kernel: string;
  /** Its inputs by their names in tfjs, e.g. `x` and `filter`. */
  readonly inputs: readonly (readonly [name: string, value: ValueId])[];
  readonly attributes: NamedAttrMap;
  readonly outputs: readonly ValueId[];
}

/** All that a function of one batch of pictures calls. */
export interface Trace {
  readonly values: readonly Described[];
  readonly constants: readonly TracedConstant[];
  readonly operations: readonly TracedOperation[];
  readonly input: ValueId;
  readonly output: ValueId;
}

/** Writes down what is called. */
class Recorder extends ValuelessBackend {
  readonly values: Described[] = [];
  readonly constants: TracedConstant[] = [];
  readonly operations: TracedOperation[] = [];
  readonly #ids = new WeakMap<object, ValueId>();

  protected override readonly unreadable =
    "Cannot read a tensor while a network is traced. Compute with tensors only.";

  /** Values that are given to tfjs during the trace, e.g. the 2 of `tf.mul(x, 2)`. */
  override write(given: BackendValues | null, shape: number[], dtype: DataType): object {
    const info = this.make({ shape, dtype });
    this.#addConstant(info, numbersOf(given, dtype));
    return info.dataId;
  }

  override make({ shape, dtype }: Described): TensorInfo {
    const info = super.make({ shape, dtype });
    this.#name(info);
    return info;
  }

  /** The same values under another handle. */
  alias(info: TensorInfo): TensorInfo {
    const copy = super.make(info);
    this.#ids.set(copy.dataId, this.idOf(info));
    return copy;
  }

  /** The place of a tensor; one of another backend is a constant, e.g. a weight. */
  idOf(info: TensorInfo): ValueId {
    const known = this.#ids.get(info.dataId);
    if (known !== undefined) return known;
    this.#name(info);
    return this.#addConstant(info);
  }

  record(kernel: string, inputs: object, attributes: NamedAttrMap, outputs: TensorInfo[]): void {
    const named = Object.entries(inputs as Record<string, TensorInfo | undefined>);
    this.operations.push({
      kernel,
      inputs: named.flatMap(([name, info]) => info === undefined ? [] : [[name, this.idOf(info)]]),
      attributes: { ...attributes },
      outputs: outputs.map((output) => this.idOf(output)),
    });
  }

  #name({ dataId, shape, dtype }: TensorInfo): void {
    this.#ids.set(dataId, this.values.push({ shape: [...shape], dtype }) - 1);
  }

  #addConstant(
    { dataId, shape, dtype }: TensorInfo,
    values?: NonNullable<TracedConstant["values"]>,
  ): ValueId {
    const id = this.#ids.get(dataId)!;
    this.constants.push({ id, shape: [...shape], dtype, dataId, ...values && { values } });
    return id;
  }
}

function numbersOf(given: BackendValues | null, dtype: DataType) {
  const numbers = (given ?? []) as ArrayLike<number>;
  if (dtype === "int32") return Int32Array.from(numbers);
  return dtype === "bool" ? Uint8Array.from(numbers) : Float32Array.from(numbers);
}

registerShapeKernels<Recorder>(NAME, [], (recorder, ...call) => recorder.record(...call));
tf.registerKernel({
  kernelName: "Identity",
  backendName: NAME,
  kernelFunc: ({ inputs, backend }) => (backend as Recorder).alias(inputs["x"] as TensorInfo),
});

/**
 * Traces a function of one batch of pictures. Nothing is computed.
 *
 * @param shape `[batch, height, width, channels]` of the pictures.
 * @throws {PairlabError} If the function calls a kernel that no export knows.
 */
export function trace(
  fn: (pictures: Tensor4D) => Tensor4D,
  shape: readonly [number, number, number, number],
): Trace {
  const recorder = new Recorder();
  try {
    let output: ValueId | undefined;
    const info = recorder.make({ shape, dtype: "float32" });
    onBackend(NAME, recorder, () => {
      output = recorder.idOf(fn(tf.engine().makeTensorFromTensorInfo(info) as Tensor4D));
    });
    const { values, constants, operations } = recorder;
    return { values, constants, operations, input: recorder.idOf(info), output: output! };
  } catch (error) {
    const kernel = /Kernel '(\w+)' not registered/.exec(String(error))?.[1];
    if (kernel === undefined) throw error;
    throw new PairlabError(
      `Cannot export this network: it uses the operation "${kernel}", which no export knows. Build the layer of other operations.`,
      { cause: error },
    );
  }
}
