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

const { root } = protobuf.parse(`
  syntax = "proto3";
  enum DataType { DT_INVALID = 0; DT_FLOAT = 1; DT_INT32 = 3; DT_BOOL = 10; }
  message Dim { int64 size = 1; }
  message TensorShapeProto { repeated Dim dim = 2; }
  message TensorProto { DataType dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
  message ListValue { repeated int64 i = 3; }
  message AttrValue {
    oneof value {
      ListValue list = 1;
      bytes s = 2;
      int64 i = 3;
      float f = 4;
      bool b = 5;
      DataType type = 6;
      TensorShapeProto shape = 7;
      TensorProto tensor = 8;
    }
  }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message VersionDef { int32 producer = 1; }
  message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
  message TensorInfo { string name = 1; DataType dtype = 2; TensorShapeProto tensor_shape = 3; }
  message SignatureDef {
    map<string, TensorInfo> inputs = 1;
    map<string, TensorInfo> outputs = 2;
    string method_name = 3;
  }
  message MetaInfoDef { repeated string tags = 4; }
  message MetaGraphDef {
    MetaInfoDef meta_info_def = 1;
    GraphDef graph_def = 2;
    map<string, SignatureDef> signature_def = 5;
  }
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
`);

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
