/** A network as a graph of TensorFlow. */
import { constantOf, type Extent } from "../extent.ts";
import type { Graph } from "../graph.ts";
import type { ValueId } from "../trace.ts";
import { GraphDefBuilder, type NodeDef, type TensorFlowConstant } from "./builder.ts";
import { writeOperation } from "./operators.ts";

/** A graph from `input` to `output`, float32 `[batch, height, width, channels]` in 0…255. */
export interface TensorFlowGraph {
  readonly nodes: readonly NodeDef[];
  readonly constants: readonly TensorFlowConstant[];
  /** What it takes and gives, in protobuf's JSON mapping of `SignatureDef`. */
  readonly signature: Readonly<Record<"inputs" | "outputs", Record<string, TensorInfo>>>;
}

/** `TensorInfo` in protobuf's JSON mapping. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: "DT_FLOAT";
  readonly tensorShape: { readonly dim: readonly { readonly size: string }[] };
}

/** TensorFlow's version of graphs of the end of 2022 (`TF_GRAPH_DEF_VERSION`). */
export const GRAPH_VERSION = 1286;

/**
 * A network as a graph of TensorFlow.
 *
 * @throws {PairlabError} If the network has an operation that is not known here.
 */
export function toGraphDef(graph: Graph): TensorFlowGraph {
  const builder = new GraphDefBuilder("input");
  const names = new Map<ValueId, string>();
  const { values, input, output } = graph;
  const shape = shapeOf(values[input]!.shape);
  const attr = { dtype: { type: "DT_FLOAT" }, shape: { shape } } as const;
  names.set(input, builder.node("Placeholder", [], attr, "input"));
  for (const { id, name, shape, values } of graph.constants) {
    names.set(id, builder.constant(values, shape, name));
  }
  const nameOf = (id: ValueId): string => names.get(id)!; // operations come in their order
  for (const operation of graph.operations) {
    const results = writeOperation({ operation, builder, graph, name: nameOf });
    operation.outputs.forEach((id, index) => {
      if (results[index] !== undefined) names.set(id, results[index]);
    });
  }
  builder.node("Identity", [nameOf(output)], undefined, "output");
  const info = (name: string, id: ValueId): TensorInfo => ({
    name: `${name}:0`,
    dtype: "DT_FLOAT",
    tensorShape: shapeOf(values[id]!.shape),
  });
  return {
    nodes: builder.nodes,
    constants: builder.constants,
    signature: {
      inputs: { input: info("input", input) },
      outputs: { output: info("output", output) },
    },
  };
}

function shapeOf(shape: readonly Extent[]): { dim: { size: string }[] } {
  return { dim: shape.map((extent) => ({ size: String(constantOf(extent) ?? -1) })) };
}
