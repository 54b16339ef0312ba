/** Graphs: recorded operations, from which functions are made. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { type Attributed, setAttribute, typeAttribute } from "./attributes.ts";
import { cString, encodeCString, pointersTo } from "./c_strings.ts";
import { AttributeType } from "./dtypes.ts";
import { encodeOutputs, type Output } from "./outputs.ts";
import { present, type Runtime } from "./runtime.ts";
import { toDimensions } from "./values.ts";

/** An operation of a graph. */
export type Operation = Deno.PointerObject;

/** Options of an operation. */
export interface NodeOptions {
  readonly attributes?: readonly TFEOpAttr[];
  readonly inputs?: readonly Output[];
  /** Operations that must run before this one. */
  readonly after?: readonly Operation[];
}

/** The signature of a graph as a function. */
export interface Signature {
  /** Placeholders. */
  readonly inputs: readonly Output[];
  readonly outputs: readonly Output[];
  /** Operations that run for their side effects. */
  readonly effects: readonly Operation[];
}

/** Functions made so far; names are unique. */
let functions = 0;

/** One graph under construction. */
export class Graph {
  readonly #pointer: Deno.PointerObject;
  #size = 0;

  constructor(private readonly runtime: Runtime) {
    this.#pointer = present(runtime.api.TF_NewGraph());
  }

  /** An input of the function to be, of a known shape unless it is a resource. */
  placeholder(dtype: number, shape?: readonly number[]): Output {
    const attributes = [typeAttribute("dtype", dtype)];
    if (shape === undefined) return first(this.add("Placeholder", { attributes }));
    const known = { name: "shape", type: AttributeType.shape, value: [...shape] };
    return first(this.add("Placeholder", { attributes: [...attributes, known] }));
  }

  /** The values of a `TF_Tensor`, written into the graph. */
  constant(dtype: number, tensor: Deno.PointerObject): Output {
    const { api, status } = this.runtime;
    return first(this.#build("Const", (node) => {
      api.TF_SetAttrType(node, cString("dtype"), dtype);
      api.TF_SetAttrTensor(node, cString("value"), tensor, status.pointer);
      status.check(() => "write a constant into a graph");
    }));
  }

  /**
   * An operation.
   *
   * @throws If TensorFlow rejects it, e.g. for the shapes of its inputs.
   */
  add(name: string, { attributes = [], inputs = [], after = [] }: NodeOptions): Operation {
    const { api } = this.runtime;
    return this.#build(name, (node) => {
      const list = listLength(attributes);
      if (list > 0) api.TF_AddInputList(node, encodeOutputs(inputs.slice(0, list)), list);
      for (const input of inputs.slice(list)) api.TF_AddInput(node, encodeOutputs([input]));
      if (endsWithEmptyList(attributes)) api.TF_AddInputList(node, encodeOutputs([]), 0);
      for (const operation of after) api.TF_AddControlInput(node, operation);
      const to: Attributed = { api: "TF_", pointer: node };
      for (const attribute of attributes) setAttribute(this.runtime, to, attribute);
    });
  }

  #build(name: string, describe: (node: Deno.PointerObject) => void): Operation {
    const { api, status } = this.runtime;
    const label = encodeCString(`${name}_${this.#size++}`);
    const node = present(api.TF_NewOperation(this.#pointer, cString(name), label));
    describe(node);
    const operation = api.TF_FinishOperation(node, status.pointer);
    status.check(() => `compile op "${name}"`);
    return present(operation);
  }

  typeOf(output: Output): number {
    return this.runtime.api.TF_OperationOutputType(encodeOutputs([output]));
  }

  /** The shape that follows from the inputs' shapes; -1 for an extent, null if all is unknown. */
  shapeOf(output: Output): number[] | null {
    const { api, status } = this.runtime;
    const encoded = encodeOutputs([output]);
    const rank = api.TF_GraphGetTensorNumDims(this.#pointer, encoded, status.pointer);
    status.check(() => "infer a shape");
    if (rank < 0) return null;
    const shape = new BigInt64Array(rank);
    api.TF_GraphGetTensorShape(this.#pointer, encoded, shape, rank, status.pointer);
    status.check(() => "infer a shape");
    return Array.from(shape, Number);
  }

  /** States a shape that TensorFlow cannot infer. */
  setShape(output: Output, shape: readonly number[]): void {
    const { api, status } = this.runtime;
    const encoded = encodeOutputs([output]);
    const dimensions = toDimensions(shape);
    api.TF_GraphSetTensorShape(this.#pointer, encoded, dimensions, shape.length, status.pointer);
    status.check(() => `state the shape [${shape}]`);
  }

  /**
   * Makes a function of the graph and registers it with TensorFlow.
   *
   * @returns Its name in TensorFlow.
   */
  toFunction({ inputs, outputs, effects }: Signature): string {
    const { api, status, context } = this.runtime;
    const name = `pairlab_${functions++}`;
    const effectNames = effects.map((_, index) => encodeCString(`effect_${index}`));
    const wholeGraph = -1;
    const made = api.TF_GraphToFunctionWithControlOutputs(
      this.#pointer,
      encodeCString(name),
      0,
      wholeGraph,
      null,
      inputs.length,
      encodeOutputs(inputs),
      outputs.length,
      encodeOutputs(outputs),
      null,
      effects.length,
      BigUint64Array.from(effects, Deno.UnsafePointer.value),
      pointersTo(effectNames),
      null,
      null,
      status.pointer,
    );
    status.check(() => `make the function "${name}"`);
    api.TFE_ContextAddFunction(context, made, status.pointer);
    api.TF_DeleteFunction(made);
    status.check(() => `add the function "${name}"`);
    return name;
  }

  close(): void {
    this.runtime.api.TF_DeleteGraph(this.#pointer);
  }
}

/** The first, often the only, output of an operation. */
export function first(operation: Operation): Output {
  return { operation, index: 0 };
}

/**
 * How many of the inputs make up one list, with which these ops begin: ConcatV2, Pack, AddN and
 * Einsum give its length as N, IdentityN the type of each member.
 */
function listLength(attributes: readonly TFEOpAttr[]): number {
  const length = attributes.find(({ name }) => name === "N");
  if (length !== undefined) return length.value as number;
  const types = attributes.find(({ name, value }) => name === "T" && Array.isArray(value));
  return types === undefined ? 0 : (types.value as number[]).length;
}

/** Whether a list of inputs of no length follows the others: collective operations have one. */
function endsWithEmptyList(attributes: readonly TFEOpAttr[]): boolean {
  return attributes.some(({ name, value }) => name === "Nordering_token" && value === 0);
}
