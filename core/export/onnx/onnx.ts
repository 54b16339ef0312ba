/** A network as an ONNX file. */
import { constantOf, type Extent } from "../extent.ts";
import type { Graph } from "../graph.ts";
import { OnnxBuilder } from "./builder.ts";
import { Values } from "./layout.ts";
import { writeOperation } from "./operators.ts";
import { encodeModel } from "./schema.ts";

/** The set of operators; 18 is that of the end of 2022, which every runtime in use has. */
export const OPSET = 18;

/** How a network is written. */
export interface OnnxOptions {
  /** Pairlab's version. */
  readonly version: string;
  readonly description: string;
  /** Entries of `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Weights are stored in 16 bits and computed with in 32. @default false */
  readonly halves?: boolean | undefined;
}

/**
 * The bytes of an ONNX file: from `input` to `output`, both float32
 * `[batch, height, width, channels]` in 0…255.
 *
 * @throws {PairlabError} If the network has an operation that is not known here.
 */
export function toOnnx(
  graph: Graph,
  { version, description, metadata, halves = false }: OnnxOptions,
): Uint8Array {
  const builder = new OnnxBuilder("input", { halves });
  const constants = new Map(graph.constants.map((constant) => [constant.id, constant]));
  const values = new Values(builder, graph.values, constants);
  values.set(graph.input, "input", "last");
  for (const operation of graph.operations) {
    writeOperation({ operation, builder, values, shapes: graph.values });
  }
  const result = values.last(graph.output);
  const [last] = builder.nodes.splice(-1, 1);
  // The last node is what makes the output, whose name is the one that users know.
  builder.nodes.push(
    last!.output[0] === result ? { ...last!, output: ["output"] } : (builder.nodes.push(last!), {
      name: "output",
      opType: "Identity",
      input: [result],
      output: ["output"],
      attribute: [],
    }),
  );
  const free = graph.values[graph.input]!.shape.map((extent) => JSON.stringify(extent));
  const shapeOf = (shape: readonly Extent[], name: string): (number | string)[] =>
    shape.map((extent, axis) => {
      const known = ["batch", "height", "width"][free.indexOf(JSON.stringify(extent))];
      return constantOf(extent) ?? known ?? `${name}_${axis}`;
    });
  return encodeModel({
    name: "generator",
    version,
    description,
    opset: OPSET,
    nodes: builder.nodes,
    initializers: builder.initializers,
    input: {
      name: "input",
      dtype: "float32",
      shape: shapeOf(graph.values[graph.input]!.shape, "input"),
    },
    output: {
      name: "output",
      dtype: "float32",
      shape: shapeOf(graph.values[graph.output]!.shape, "output"),
    },
    metadata,
  });
}
