/** A network as a graph model of TensorFlow.js: `model.json` and its weights. */
import { joined } from "../../base/files.ts";
import { GRAPH_VERSION, type TensorFlowGraph } from "./graph_def.ts";
import type { DataTypeName, TensorFlowConstant } from "./builder.ts";

/** The largest file of weights: browsers keep files of so many bytes in their cache. */
const SHARD_BYTES = 4 * 2 ** 20;

/** The files of a model, by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** How a model is written. */
export interface GraphModelOptions {
  /** Pairlab's version. */
  readonly version: string;
  /** Entries of `userDefinedMetadata`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Weights are stored in 16 bits and computed with in 32. @default false */
  readonly halves?: boolean | undefined;
}

const DTYPES: Readonly<Record<DataTypeName, string>> = {
  DT_FLOAT: "float32",
  DT_INT32: "int32",
  DT_BOOL: "bool",
};

/** The files of a graph model, which `tf.loadGraphModel` of plain tfjs loads. */
export function toGraphModel(
  { nodes, constants, signature }: TensorFlowGraph,
  { version, metadata, halves = false }: GraphModelOptions,
): Files {
  const stored = constants.map((constant) => ({ constant, bytes: storedBytes(constant, halves) }));
  const shards = shardsOf(stored.map(({ bytes }) => bytes));
  const paths = shards.map((_, index) => `weights-${index + 1}-of-${shards.length}.bin`);
  const weights = constants.map(({ name, shape, dtype, values }) => ({
    name,
    shape,
    dtype: DTYPES[dtype],
    ...isHalved(values, halves) &&
      { quantization: { dtype: "float16", original_dtype: "float32" } },
  }));
  const model = {
    format: "graph-model",
    generatedBy: `pairlab ${version}`,
    convertedBy: null,
    signature,
    userDefinedMetadata: metadata,
    modelTopology: { node: nodes, library: {}, versions: { producer: GRAPH_VERSION } },
    weightsManifest: [{ paths, weights }],
  };
  return new Map([
    ["model.json", new TextEncoder().encode(JSON.stringify(model))],
    ...shards.map((shard, index): [string, Uint8Array] => [paths[index]!, shard]),
  ]);
}

function isHalved(values: TensorFlowConstant["values"], halves: boolean): boolean {
  return halves && values instanceof Float32Array;
}

function storedBytes({ values }: TensorFlowConstant, halves: boolean): Uint8Array {
  const { buffer, byteOffset, byteLength } = isHalved(values, halves)
    ? Float16Array.from(values)
    : values;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function shardsOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const whole = joined(...parts);
  const count = Math.max(1, Math.ceil(whole.length / SHARD_BYTES));
  return Array.from(
    { length: count },
    (_, index) => whole.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES),
  );
}
