/**
 * The part of ONNX' published schema (onnx.proto, IR version 8) that an exported network needs.
 *
 * Field numbers are the schema's; protobufjs writes the bytes.
 *
 * @module
 */
import protobuf from "protobufjs";

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...rule && { rule } });

const root = protobuf.Root.fromJSON({
  nested: {
    OperatorSetIdProto: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    StringStringEntryProto: { fields: { key: field("string", 1), value: field("string", 2) } },
    TensorProto: {
      fields: {
        dims: field("int64", 1, "repeated"),
        dataType: field("int32", 2),
        name: field("string", 8),
        rawData: field("bytes", 9),
      },
    },
    Dimension: { fields: { dimValue: field("int64", 1), dimParam: field("string", 2) } },
    TensorShapeProto: { fields: { dim: field("Dimension", 1, "repeated") } },
    TensorTypeProto: {
      fields: { elemType: field("int32", 1), shape: field("TensorShapeProto", 2) },
    },
    TypeProto: { fields: { tensorType: field("TensorTypeProto", 1) } },
    ValueInfoProto: { fields: { name: field("string", 1), type: field("TypeProto", 2) } },
    AttributeProto: {
      fields: {
        name: field("string", 1),
        f: field("float", 2),
        i: field("int64", 3),
        s: field("bytes", 4),
        floats: field("float", 7, "repeated"),
        ints: field("int64", 8, "repeated"),
        type: field("int32", 20),
      },
    },
    NodeProto: {
      fields: {
        input: field("string", 1, "repeated"),
        output: field("string", 2, "repeated"),
        name: field("string", 3),
        opType: field("string", 4),
        attribute: field("AttributeProto", 5, "repeated"),
      },
    },
    GraphProto: {
      fields: {
        node: field("NodeProto", 1, "repeated"),
        name: field("string", 2),
        initializer: field("TensorProto", 5, "repeated"),
        input: field("ValueInfoProto", 11, "repeated"),
        output: field("ValueInfoProto", 12, "repeated"),
      },
    },
    ModelProto: {
      fields: {
        irVersion: field("int64", 1),
        producerName: field("string", 2),
        producerVersion: field("string", 3),
        docString: field("string", 6),
        graph: field("GraphProto", 7),
        opsetImport: field("OperatorSetIdProto", 8, "repeated"),
        metadataProps: field("StringStringEntryProto", 14, "repeated"),
      },
    },
  },
});

/** `TensorProto.DataType` by tfjs' names, and the two that tfjs does not have. */
export const DATA_TYPES = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

/** A type of elements in ONNX. */
export type OnnxType = keyof typeof DATA_TYPES;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A constant of the graph. */
export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Little-endian. */
  readonly rawData: Uint8Array;
}

/** An attribute of a node. */
export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
}

/** An operation. */
export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

/** What goes in or comes out; a number for a fixed extent, a name for a free one. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly (number | string)[];
}

/** All that a file holds. */
export interface OnnxModel {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly opset: number;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly input: ValueInfo;
  readonly output: ValueInfo;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of a `.onnx` file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const { name, nodes, initializers, input, output, metadata } = model;
  return root.lookupType("ModelProto").encode({
    irVersion: 8,
    producerName: "pairlab",
    producerVersion: model.version,
    docString: model.description,
    opsetImport: [{ domain: "", version: model.opset }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name,
      node: nodes,
      initializer: initializers,
      input: [valueInfo(input)],
      output: [valueInfo(output)],
    },
  }).finish();
}

function valueInfo({ name, dtype, shape }: ValueInfo) {
  const dim = shape.map((extent) =>
    typeof extent === "number" ? { dimValue: extent } : { dimParam: extent }
  );
  return { name, type: { tensorType: { elemType: DATA_TYPES[dtype], shape: { dim } } } };
}
