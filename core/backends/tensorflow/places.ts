/** Variables in a graph: the resource of each, and its value at every point of a trace. */
import type { Variable } from "@tensorflow/tfjs";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { typeAttribute } from "./attributes.ts";
import { DType } from "./dtypes.ts";
import type { HeldTensor } from "./executor.ts";
import { first, type Graph, type Operation } from "./graph.ts";
import type { Output } from "./outputs.ts";
import { SymbolicTensor, type TraceIdentity } from "./symbolic.ts";

/** Where a variable is kept. */
export interface Place {
  /** The resource, an input of the function. */
  readonly resource: Output;
  /** What it held when the trace began. */
  readonly initial: SymbolicTensor;
  /** What it holds now. */
  value: SymbolicTensor;
}

/**
 * The places of a trace's variables, in the order in which these are met.
 *
 * A resource is read once before each change and once after it, and each of these operations waits
 * for the one before: what was read stays what it was.
 */
export class Places {
  readonly #places = new Map<Variable, Place>();
  readonly #owners: ReadonlyMap<HeldTensor, Variable>;
  readonly #changes: Operation[] = [];

  /** @param variables All there are, with their values before the trace; no two share one. */
  constructor(
    private readonly graph: Graph,
    private readonly trace: TraceIdentity,
    private readonly variables: ReadonlyMap<Variable, HeldTensor>,
  ) {
    this.#owners = new Map([...variables].map(([variable, value]) => [value, variable]));
  }

  /** The variables that were met, and the places that they are kept in. */
  get met(): ReadonlyMap<Variable, Place> {
    return this.#places;
  }

  /** The operations that change a resource. */
  get changes(): readonly Operation[] {
    return this.#changes;
  }

  /** Whether the trace has used a variable, or given it this value. */
  concerns(variable: Variable, value: HeldTensor): boolean {
    return this.#places.has(variable) || this.variables.get(variable) !== value;
  }

  /** What a tensor is in the graph, if it was a variable's value before the trace. */
  initialOf(tensor: HeldTensor): SymbolicTensor | undefined {
    const owner = this.#owners.get(tensor);
    return owner && this.of(owner)?.initial;
  }

  /** A variable's place; undefined for a variable made within the trace. */
  of(variable: Variable): Place | undefined {
    const example = this.variables.get(variable);
    const known = this.#places.get(variable);
    if (known !== undefined || example === undefined) return known;
    const resource = this.graph.placeholder(DType.resource);
    const initial = this.#read(resource, example);
    const place = { resource, initial, value: initial };
    this.#places.set(variable, place);
    return place;
  }

  /** Changes what is kept in these places by an operation that takes their resources first. */
  change(
    places: readonly Place[],
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly SymbolicTensor[],
  ): void {
    const operation = this.graph.add(name, {
      attributes,
      inputs: [...places.map(({ resource }) => resource), ...inputs.map(({ output }) => output)],
      after: places.map(({ value }) => value.output.operation),
    });
    this.#changes.push(operation);
    for (const place of places) place.value = this.#read(place.resource, place.value, operation);
  }

  /** What a resource holds, like `example` in type and shape. */
  #read(resource: Output, { dtype, shape }: HeldTensor, after?: Operation): SymbolicTensor {
    const output = first(this.graph.add("ReadVariableOp", {
      attributes: [typeAttribute("dtype", dtype)],
      inputs: [resource],
      after: after === undefined ? [] : [after],
    }));
    this.graph.setShape(output, shape);
    return new SymbolicTensor(this.trace, output, dtype, shape);
  }
}
