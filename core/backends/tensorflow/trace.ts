/** The operations of a function, written into a graph instead of being run. */
import type { Variable } from "@tensorflow/tfjs";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { PairlabError } from "../../errors.ts";
import { callSite } from "./call_site.ts";
import { AttributeType, describeTensor, DType } from "./dtypes.ts";
import { resolveHandle } from "./eager.ts";
import type { ExecutedTensor, Executor, HeldTensor } from "./executor.ts";
import { first, Graph, type Operation } from "./graph.ts";
import type { Output } from "./outputs.ts";
import { valueType } from "./resources.ts";
import type { Runtime } from "./runtime.ts";
import { SymbolicTensor } from "./symbolic.ts";
import type { Values } from "./values.ts";

/** A variable within a trace. */
interface Place {
  /** The resource that holds its value, an input of the function. */
  readonly resource: Output;
  /** What the resource holds at this point of the trace. */
  value: SymbolicTensor;
  changed: boolean;
}

/** What a function must be given after its arguments, in this order. */
export interface Needs {
  /** Tensors from outside that it computes with. */
  readonly captures: readonly HeldTensor[];
  /** Resources of the variables whose values it uses or changes. */
  readonly variables: readonly { readonly variable: Variable; readonly changed: boolean }[];
}

/** Outputs of unknown shape that nobody looks at, by operation: they go back into TensorFlow. */
const OPAQUE: ReadonlyMap<string, number> = new Map([["FusedBatchNormV3", 5]]);

/**
 * Takes the place of the executor while a function is traced.
 *
 * A tensor from outside becomes an input of the function, and one that the function makes of numbers
 * a constant. A variable is read from its resource where it is first met; what is assigned to it is
 * its value from then on, and written back at the end.
 */
export class Trace implements Executor {
  readonly #graph: Graph;
  readonly #owners: ReadonlyMap<HeldTensor, Variable>;
  readonly #arguments: Output[] = [];
  readonly #captures = new Map<HeldTensor, Output>();
  readonly #places = new Map<Variable, Place>();
  readonly #constants = new Set<HeldTensor>();
  /** What tensors with values are in the graph. */
  readonly #symbols = new Map<HeldTensor, SymbolicTensor>();
  /** Operations that change a resource. */
  readonly #changes: Operation[] = [];

  /**
   * @param eager Makes tensors of values that are known.
   * @param name The function's, for messages.
   * @param variables All there are, with their values; no two share one.
   */
  constructor(
    private readonly runtime: Runtime,
    private readonly eager: Executor,
    readonly name: string,
    private readonly variables: ReadonlyMap<Variable, HeldTensor>,
  ) {
    this.#graph = new Graph(runtime);
    this.#owners = new Map([...variables].map(([variable, value]) => [value, variable]));
  }

  /** How many operations the graph has. */
  get size(): number {
    return this.#graph.size;
  }

  /** The next argument of the function, of the type and shape of `example`. */
  argument({ dtype, shape }: HeldTensor): SymbolicTensor {
    const output = this.#graph.placeholder(dtype, shape);
    this.#arguments.push(output);
    return new SymbolicTensor(this, output, dtype, shape);
  }

  create(shape: readonly number[], dtype: number, values: Values): HeldTensor {
    const tensor = this.eager.create(shape, dtype, values);
    this.#constants.add(tensor);
    return tensor;
  }

  read(tensor: HeldTensor): Values {
    if (this.#constants.has(tensor)) return tensor.read();
    throw new PairlabError(
      `Cannot read a tensor ${describeTensor(tensor.dtype, tensor.shape)} in "${this.name}"` +
        `${callSite()}: a compiled function is traced before there are values, returning the ` +
        "tensor and reading it outside would work, or not compiling the function",
    );
  }

  execute(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly HeldTensor[],
    outputs: number,
  ): ExecutedTensor[] {
    const operation = this.#add(name, attributes, inputs.map((input) => this.#symbolOf(input)));
    return Array.from({ length: outputs }, (_, index) => this.#result(name, { operation, index }));
  }

  /**
   * Changes variables in place by an operation on resources, e.g. `ResourceApplyAdam`, which takes
   * theirs before its other inputs.
   *
   * @param variables With their values at this point.
   * @returns Their values afterwards, or null, and nothing is done, where a resource does not hold
   * its variable's value any more because another was assigned.
   */
  update(
    name: string,
    attributes: readonly TFEOpAttr[],
    variables: ReadonlyMap<Variable, HeldTensor>,
    inputs: readonly HeldTensor[],
  ): ExecutedTensor[] | null {
    const places = [...variables].map(([variable, value]) => {
      const place = this.#placeOf(variable);
      return this.#symbolOf(value) === place.value ? place : null;
    }).filter((place) => place !== null);
    if (places.length < variables.size) return null;
    const symbols = inputs.map((input) => this.#symbolOf(input));
    const operation = this.#add(name, attributes, symbols, places);
    return places.map((place) => {
      place.value = this.#read(place.resource, place.value, operation);
      return describe(place.value);
    });
  }

  /**
   * Makes the function and makes it known to TensorFlow.
   *
   * @param functionName Unique within the process.
   * @param results What it returns.
   * @param variables All there are, with their values at its end.
   */
  finish(
    functionName: string,
    results: readonly HeldTensor[],
    variables: ReadonlyMap<Variable, HeldTensor>,
  ): Needs {
    for (const [variable, value] of variables) this.#writeBack(variable, value);
    // An output may be an input as well, or twice an output: TensorFlow wants them to be distinct.
    const outputs = results.map((result) => {
      const symbol = this.#symbolOf(result);
      const type = { name: "T", type: AttributeType.type, value: symbol.dtype };
      return first(this.#add("Identity", [type], [symbol]));
    });
    const resources = [...this.#places.values()].map(({ resource }) => resource);
    const inputs = [...this.#arguments, ...this.#captures.values(), ...resources];
    this.#graph.toFunction(functionName, { inputs, outputs, effects: this.#changes });
    return {
      captures: [...this.#captures.keys()],
      variables: [...this.#places].map(([variable, { changed }]) => ({ variable, changed })),
    };
  }

  close(): void {
    this.#graph.close();
  }

  /**
   * Adds an operation; one that changes variables takes their resources first, and waits for all
   * that uses their values: so none of these need be copied.
   */
  #add(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly SymbolicTensor[],
    changed: readonly Place[] = [],
  ): Operation {
    const operation = this.#graph.add(name, {
      attributes,
      inputs: [
        ...changed.map(({ resource }) => resource),
        ...inputs.map(({ output }) => output),
      ],
      after: changed.flatMap(({ value }) => [value.output.operation, ...value.users]),
    });
    for (const { users } of inputs) users.push(operation);
    for (const place of changed) place.changed = true;
    if (changed.length > 0) this.#changes.push(operation);
    return operation;
  }

  #result(name: string, output: Output): ExecutedTensor {
    const opaque = OPAQUE.get(name) === output.index;
    const shape = opaque ? [0] : this.#graph.shapeOf(output);
    if (shape === null || shape.includes(-1)) {
      throw new PairlabError(
        `Cannot compile "${name}" in "${this.name}"${callSite()}: the shape of what it gives ` +
          "depends on values, an operation whose shapes are known beforehand would work, or not " +
          "compiling the function",
      );
    }
    return describe(new SymbolicTensor(this, output, this.#graph.typeOf(output), shape));
  }

  #symbolOf(tensor: HeldTensor): SymbolicTensor {
    if (tensor instanceof SymbolicTensor) {
      if (tensor.trace === this) return tensor;
      throw tensor.escaped();
    }
    const owner = this.#owners.get(tensor);
    if (owner !== undefined) this.#placeOf(owner);
    const known = this.#symbols.get(tensor);
    if (known !== undefined) return known;
    const output = this.#constants.has(tensor) ? this.#constant(tensor) : this.#capture(tensor);
    const symbol = new SymbolicTensor(this, output, tensor.dtype, tensor.shape);
    this.#symbols.set(tensor, symbol);
    return symbol;
  }

  #constant(tensor: HeldTensor): Output {
    const values = tensor.lend((handle) => resolveHandle(this.runtime, handle));
    try {
      return this.#graph.constant(tensor.dtype, values);
    } finally {
      this.runtime.api.TF_DeleteTensor(values);
    }
  }

  #capture(tensor: HeldTensor): Output {
    const output = this.#graph.placeholder(tensor.dtype, tensor.shape);
    this.#captures.set(tensor, output);
    return output;
  }

  #placeOf(variable: Variable): Place {
    const known = this.#places.get(variable);
    if (known !== undefined) return known;
    const initial = this.variables.get(variable);
    if (initial === undefined) throw new TypeError(`Cannot find the variable "${variable.name}"`);
    const resource = this.#graph.placeholder(DType.resource);
    const value = this.#read(resource, initial);
    const place: Place = { resource, value, changed: false };
    this.#places.set(variable, place);
    this.#symbols.set(initial, value);
    return place;
  }

  /** The value of a resource, like `example` in type and shape. */
  #read(resource: Output, { dtype, shape }: HeldTensor, after?: Operation): SymbolicTensor {
    const output = first(this.#graph.add("ReadVariableOp", {
      attributes: [valueType(dtype)],
      inputs: [resource],
      after: after === undefined ? [] : [after],
    }));
    this.#graph.setShape(output, shape);
    return new SymbolicTensor(this, output, dtype, shape);
  }

  #writeBack(variable: Variable, value: HeldTensor): void {
    if (value === this.variables.get(variable) && !this.#places.has(variable)) return;
    const place = this.#placeOf(variable);
    const symbol = this.#symbolOf(value);
    if (symbol === place.value) return;
    this.#add("AssignVariableOp", [valueType(symbol.dtype)], [symbol], [place]);
  }
}

function describe(tensor: SymbolicTensor): ExecutedTensor {
  return { tensor, shape: [...tensor.shape], dtype: tensor.dtype };
}
