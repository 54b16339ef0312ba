/** Records the operations of a function in a graph instead of running them. */
import type { Variable } from "@tensorflow/tfjs";
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { PairlabError } from "../../base/errors.ts";
import { typeAttribute } from "./attributes.ts";
import { callSite } from "./call_site.ts";
import { describeTensor } from "./dtypes.ts";
import { type EagerTensor, resolveHandle, shareTensor } from "./eager.ts";
import type { ExecutedTensor, Executor, HeldTensor } from "./executor.ts";
import { first, Graph } from "./graph.ts";
import type { Output } from "./outputs.ts";
import { Places } from "./places.ts";
import type { Runtime } from "./runtime.ts";
import { SymbolicTensor } from "./symbolic.ts";
import type { Values } from "./values.ts";

/** A function registered with TensorFlow, and its inputs after the arguments, in this order. */
export interface TracedFunction {
  /** Its name in TensorFlow. */
  readonly name: string;
  /** Number of tensors returned. */
  readonly outputs: number;
  /** Tensors from outside that it uses; the owner of the function releases them. */
  readonly captures: readonly EagerTensor[];
  /** The variables whose resources it takes. */
  readonly variables: readonly { readonly variable: Variable; readonly changed: boolean }[];
}

/** Outputs of unknown shape that only go back into TensorFlow, by operation. */
const OPAQUE: ReadonlyMap<string, number> = new Map([["FusedBatchNormV3", 5]]);

/**
 * Takes the place of the executor while a function is traced.
 *
 * A tensor from outside becomes an input of the function; one that is made of numbers meanwhile, a
 * constant. A variable is read from its resource; what is assigned to it is its value from then on,
 * and is written back at the end.
 */
export class Trace implements Executor {
  readonly #graph: Graph;
  readonly #places: Places;
  readonly #arguments: Output[] = [];
  readonly #captures = new Map<EagerTensor, Output>();
  readonly #constants = new Set<HeldTensor>();
  /** What tensors that have values are in the graph. */
  readonly #symbols = new Map<HeldTensor, SymbolicTensor>();
  #finished = false;

  /**
   * @param eager Makes tensors of values that are known.
   * @param name What messages call the function.
   * @param variables All there are, with their values; no two share one.
   */
  constructor(
    private readonly runtime: Runtime,
    private readonly eager: Executor,
    readonly name: string,
    variables: ReadonlyMap<Variable, HeldTensor>,
  ) {
    this.#graph = new Graph(runtime);
    this.#places = new Places(this.#graph, this, variables);
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
        `${callSite()}: a compiled function is traced without values. Return the tensor ` +
        "and read it outside, or do not compile the function",
    );
  }

  execute(
    name: string,
    attributes: readonly TFEOpAttr[],
    inputs: readonly HeldTensor[],
    outputs: number,
  ): ExecutedTensor[] {
    const operation = this.#graph.add(name, {
      attributes,
      inputs: inputs.map((input) => this.#symbolOf(input).output),
    });
    return Array.from({ length: outputs }, (_, index) => this.#result(name, { operation, index }));
  }

  /**
   * Changes variables in place by an operation on resources, e.g. `ResourceApplyAdam`, which takes
   * theirs before its other inputs.
   *
   * @param variables With their values at this point.
   * @returns Their values afterwards; null, and nothing is done, if one was made or assigned in this
   * trace, so that its value is not in a resource.
   */
  update(
    name: string,
    attributes: readonly TFEOpAttr[],
    variables: ReadonlyMap<Variable, HeldTensor>,
    inputs: readonly HeldTensor[],
  ): ExecutedTensor[] | null {
    const places = [...variables].flatMap(([variable, value]) => {
      const place = this.#places.of(variable);
      return place?.value === this.#symbolOf(value) ? [place] : [];
    });
    if (places.length < variables.size) return null;
    this.#places.change(places, name, attributes, inputs.map((input) => this.#symbolOf(input)));
    return places.map(({ value }) => describe(value));
  }

  /**
   * Makes the function and registers it with TensorFlow.
   *
   * @param results What it returns.
   * @param variables All there are, with their values at its end.
   */
  finish(
    results: readonly HeldTensor[],
    variables: ReadonlyMap<Variable, HeldTensor>,
  ): TracedFunction {
    for (const [variable, value] of variables) this.#writeBack(variable, value);
    const outputs = results.map((result) => this.#distinct(this.#symbolOf(result)));
    const met = [...this.#places.met];
    const resources = met.map(([, { resource }]) => resource);
    const inputs = [...this.#arguments, ...this.#captures.values(), ...resources];
    const { changes: effects } = this.#places;
    const name = this.#graph.toFunction({ inputs, outputs, effects });
    this.#finished = true;
    return {
      name,
      outputs: results.length,
      captures: [...this.#captures.keys()],
      variables: met.map(([variable, { initial, value }]) => ({
        variable,
        changed: value !== initial,
      })),
    };
  }

  close(): void {
    this.#graph.close();
    if (this.#finished) return;
    for (const capture of this.#captures.keys()) capture.release();
  }

  #result(name: string, output: Output): ExecutedTensor {
    const opaque = OPAQUE.get(name) === output.index;
    const shape = opaque ? [0] : this.#graph.shapeOf(output);
    if (shape === null || shape.includes(-1)) {
      throw new PairlabError(
        `Cannot compile "${name}" in "${this.name}"${callSite()}: the shape of its result depends on ` +
          "values. Use an operation whose shapes are known beforehand, or do not compile the function",
      );
    }
    return describe(new SymbolicTensor(this, output, this.#graph.typeOf(output), shape));
  }

  #symbolOf(tensor: HeldTensor): SymbolicTensor {
    if (tensor instanceof SymbolicTensor) {
      if (tensor.trace === this) return tensor;
      throw tensor.escaped();
    }
    const known = this.#places.initialOf(tensor) ?? this.#symbols.get(tensor);
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
    // Its maker may dispose it while the function still uses it.
    this.#captures.set(shareTensor(this.runtime, tensor), output);
    return output;
  }

  /** TensorFlow wants outputs that are neither inputs nor the same twice. */
  #distinct({ output, dtype }: SymbolicTensor): Output {
    const attributes = [typeAttribute("T", dtype)];
    return first(this.#graph.add("Identity", { attributes, inputs: [output] }));
  }

  #writeBack(variable: Variable, value: HeldTensor): void {
    if (!this.#places.concerns(variable, value)) return;
    const place = this.#places.of(variable);
    const symbol = this.#symbolOf(value);
    if (place === undefined || symbol === place.value) return;
    this.#places.change([place], "AssignVariableOp", [typeAttribute("dtype", symbol.dtype)], [
      symbol,
    ]);
  }
}

function describe(tensor: SymbolicTensor): ExecutedTensor {
  return { tensor, shape: [...tensor.shape], dtype: tensor.dtype };
}
