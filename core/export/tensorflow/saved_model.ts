/**
 * A network as a SavedModel, TensorFlow's own format.
 *
 * The part of TensorFlow's published schema (saved_model.proto, graph.proto, attr_value.proto …) that
 * it needs; field numbers are the schema's, protobufjs writes the bytes.
 *
 * @module
 */
import protobuf from "protobufjs";
import { GRAPH_VERSION, type TensorFlowGraph } from "./graph_def.ts";
import type { TensorFlowConstant } from "./builder.ts";

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...rule && { rule } });

const map = (type: string, id: number) => ({ keyType: "string", type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    DataType: { values: { DT_INVALID: 0, DT_FLOAT: 1, DT_INT32: 3, DT_BOOL: 10 } },
    Dim: { fields: { size: field("int64", 1) } },
    TensorShapeProto: { fields: { dim: field("Dim", 2, "repeated") } },
    TensorProto: {
      fields: {
        dtype: field("DataType", 1),
        tensorShape: field("TensorShapeProto", 2),
        tensorContent: field("bytes", 4),
      },
    },
    ListValue: { fields: { i: field("int64", 3, "repeated") } },
    AttrValue: {
      oneofs: { value: { oneof: ["list", "s", "i", "f", "b", "type", "shape", "tensor"] } },
      fields: {
        list: field("ListValue", 1),
        s: field("bytes", 2),
        i: field("int64", 3),
        f: field("float", 4),
        b: field("bool", 5),
        type: field("DataType", 6),
        shape: field("TensorShapeProto", 7),
        tensor: field("TensorProto", 8),
      },
    },
    NodeDef: {
      fields: {
        name: field("string", 1),
        op: field("string", 2),
        input: field("string", 3, "repeated"),
        attr: map("AttrValue", 5),
      },
    },
    VersionDef: { fields: { producer: field("int32", 1) } },
    GraphDef: {
      fields: { node: field("NodeDef", 1, "repeated"), versions: field("VersionDef", 4) },
    },
    TensorInfo: {
      fields: {
        name: field("string", 1),
        dtype: field("DataType", 2),
        tensorShape: field("TensorShapeProto", 3),
      },
    },
    SignatureDef: {
      fields: {
        inputs: map("TensorInfo", 1),
        outputs: map("TensorInfo", 2),
        methodName: field("string", 3),
      },
    },
    MetaInfoDef: { fields: { tags: field("string", 4, "repeated") } },
    MetaGraphDef: {
      fields: {
        metaInfoDef: field("MetaInfoDef", 1),
        graphDef: field("GraphDef", 2),
        signatureDef: map("SignatureDef", 5),
      },
    },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: field("int64", 1),
        metaGraphs: field("MetaGraphDef", 2, "repeated"),
      },
    },
  },
});

/**
 * The bytes of `saved_model.pb`: signature `serving_default`, tag `serve`. The weights are constants
 * of the graph, so that it is all there is.
 */
export function toSavedModel({ nodes, constants, signature }: TensorFlowGraph): Uint8Array {
  const contents = new Map(constants.map((constant) => [constant.name, bytesOf(constant)]));
  const type = root.lookupType("SavedModel");
  const node = nodes.map((node) => {
    const content = contents.get(node.name);
    if (content === undefined) return node;
    const value = node.attr["value"] as { tensor: Record<string, unknown> };
    const tensor = { ...value.tensor, tensorContent: content };
    return { ...node, attr: { ...node.attr, value: { tensor } } };
  });
  const message = type.fromObject({
    savedModelSchemaVersion: 1,
    metaGraphs: [{
      metaInfoDef: { tags: ["serve"] },
      graphDef: { node, versions: { producer: GRAPH_VERSION } },
      signatureDef: {
        serving_default: { ...signature, methodName: "tensorflow/serving/predict" },
      },
    }],
  });
  return type.encode(message).finish();
}

function bytesOf({ values: { buffer, byteOffset, byteLength } }: TensorFlowConstant): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
