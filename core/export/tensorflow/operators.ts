/** Each kernel of tfjs in operations of TensorFlow. */
import { PairlabError } from "../../base/errors.ts";
import { BATCH_NORM_TRAINING } from "../../ops/batch_norm.ts";
import {
  type Attribute,
  extentsOf,
  type Graph,
  type GraphOperation,
  inputOf,
  numberOf,
  numbersOf,
} from "../graph.ts";
import type { ValueId } from "../trace.ts";
import type { Extent } from "../extent.ts";
import { type AttrValue, dataTypeOf, FLOATS, type GraphDefBuilder, list, text } from "./builder.ts";

/** What an operation is written with. */
interface Context {
  readonly operation: GraphOperation;
  readonly builder: GraphDefBuilder;
  readonly graph: Graph;
  /** The name of a value. */
  name(id: ValueId): string;
}

/** Gives the names of the results. */
type Write = (context: Context) => string | readonly string[];

type Attributes = Readonly<Record<string, AttrValue>>;

const int = (value: number): AttrValue => ({ i: String(value) });

/** `T` of an operation's first input. */
function typed({ operation, graph }: Context): Attributes {
  const [, id] = operation.inputs[0]!;
  return { T: { type: dataTypeOf(graph.values[id]!.dtype) } };
}

const inputsOf = ({ operation, name }: Context): string[] =>
  operation.inputs.map(([, id]) => name(id));

/** An operation of the same inputs, by TensorFlow's name. */
function same(
  op: string,
  attributes: (operation: GraphOperation) => Attributes = () => ({}),
): Write {
  return (context) =>
    context.builder.node(op, inputsOf(context), {
      ...typed(context),
      ...attributes(context.operation),
    });
}

function reduced(op: string): Write {
  return (context) => {
    const { operation, builder, graph, name } = context;
    const [, id] = operation.inputs[0]!;
    const rank = graph.values[id]!.shape.length;
    const key = "axis" in operation.attributes ? "axis" : "axes";
    const axes = operation.attributes[key] === null
      ? Array.from({ length: rank }, (_, axis) => axis)
      : numbersOf(operation, key);
    return builder.node(op, [name(id), builder.integers(axes)], {
      ...typed(context),
      Tidx: { type: "DT_INT32" },
      keep_dims: { b: operation.attributes["keepDims"] === true },
    });
  };
}

const twice = (numbers: number[]): number[] =>
  numbers.length === 1 ? [...numbers, ...numbers] : numbers;

const ofPicture = (numbers: number[]): AttrValue => list([1, ...twice(numbers), 1]);

function padding(operation: GraphOperation): Attributes {
  const pad: Attribute = operation.attributes["pad"];
  if (pad === "same" || pad === "valid") return { padding: text(pad.toUpperCase()) };
  const sides = Array.isArray(pad)
    ? (pad as readonly Attribute[]).slice(1, 3).map((side) =>
      numbersOf({ ...operation, attributes: { side } }, "side")
    )
    : [0, 1].map(() => [numberOf(operation, "pad"), numberOf(operation, "pad")]);
  return {
    padding: text("EXPLICIT"),
    explicit_paddings: list([0, 0, ...sides.flat(), 0, 0]),
  };
}

const convolution = (op: string): Write => (context) => {
  const { operation, builder, name } = context;
  const inputs = ["x", "filter"].map((input) => name(inputOf(operation, input)));
  const y = builder.node(op, inputs, {
    ...FLOATS,
    data_format: text("NHWC"),
    strides: ofPicture(numbersOf(operation, "strides")),
    dilations: ofPicture(numbersOf(operation, "dilations")),
    ...padding(operation),
  });
  return activated(context, y);
};

/** The bias and the activation that tfjs has fused into an operation. */
function activated({ operation, builder, name }: Context, y: string): string {
  const bias = operation.inputs.find(([input]) => input === "bias")?.[1];
  const biased = bias === undefined
    ? y
    : builder.node("BiasAdd", [y, name(bias)], { ...FLOATS, data_format: text("NHWC") });
  const activation = operation.attributes["activation"];
  if (activation === undefined || activation === null || activation === "linear") return biased;
  const ops: Readonly<Record<string, string>> = {
    relu: "Relu",
    elu: "Elu",
    sigmoid: "Sigmoid",
    tanh: "Tanh",
  };
  const op = ops[String(activation)];
  if (op === undefined) throw unknown(`the activation "${activation}"`);
  return builder.node(op, [biased]);
}

const transposedConvolution: Write = ({ operation, builder, name }) => {
  const sizes = builder.extents(extentsOf(operation, "inputShape"));
  const inputs = [sizes, name(inputOf(operation, "filter")), name(inputOf(operation, "dy"))];
  return builder.node("Conv2DBackpropInput", inputs, {
    ...FLOATS,
    data_format: text("NHWC"),
    strides: ofPicture(numbersOf(operation, "strides")),
    dilations: list([1, 1, 1, 1]),
    ...padding(operation),
  });
};

const pooled = (op: string): Write => ({ operation, builder, name }) =>
  builder.node(op, [name(inputOf(operation, "x"))], {
    ...FLOATS,
    data_format: text("NHWC"),
    ksize: ofPicture(numbersOf(operation, "filterSize")),
    strides: ofPicture(numbersOf(operation, "strides")),
    ...padding(operation),
  });

/** By the statistics of each picture, which are those of the batch where it is of one. */
const pictureNorm: Write = ({ operation, builder, name }) => {
  const [x, scale, offset] = ["x", "scale", "offset"].map((input) =>
    name(inputOf(operation, input))
  );
  const mean = (of: string): string =>
    builder.node("Mean", [of, builder.integers([1, 2])], {
      ...FLOATS,
      Tidx: { type: "DT_INT32" },
      keep_dims: { b: true },
    });
  const centred = builder.node("Sub", [x!, mean(x!)]);
  const variance = mean(builder.node("Square", [centred]));
  const epsilon = builder.float(numberOf(operation, "epsilon"));
  const inverse = builder.node("Rsqrt", [builder.node("AddV2", [variance, epsilon])]);
  const scaled = builder.node("Mul", [centred, builder.node("Mul", [inverse, scale!])]);
  return builder.node("AddV2", [scaled, offset!]);
};

const movingNorm: Write = ({ operation, builder, name }) => {
  const inputs = ["x", "scale", "offset", "mean", "variance"].map((key) =>
    name(inputOf(operation, key))
  );
  return builder.node("FusedBatchNormV3", inputs, {
    ...FLOATS,
    U: { type: "DT_FLOAT" },
    data_format: text("NHWC"),
    epsilon: { f: numberOf(operation, "varianceEpsilon") },
    is_training: { b: false },
  });
};

const split: Write = (context) => {
  const { operation, builder } = context;
  const [x] = inputsOf(context);
  const sizes = numbersOf(operation, "numOrSizeSplits");
  const count = operation.outputs.length;
  const axis = builder.integers(numberOf(operation, "axis"));
  const node = sizes.length === 1
    ? builder.node("Split", [axis, x!], { ...typed(context), num_split: int(count) })
    : builder.node("SplitV", [x!, builder.integers(sizes), axis], {
      ...typed(context),
      Tlen: { type: "DT_INT32" },
      num_split: int(count),
    });
  return operation.outputs.map((_, index) => index === 0 ? node : `${node}:${index}`);
};

/** An operation whose further inputs are vectors of extents. */
function shaped(
  op: string,
  vectors: (context: Context) => (readonly Extent[])[],
  attributes: Attributes,
): Write {
  return (context) => {
    const { builder } = context;
    const [x] = inputsOf(context);
    const given = vectors(context).map((extents) => builder.extents(extents));
    return builder.node(op, [x!, ...given], { ...typed(context), ...attributes });
  };
}

const shapeOf = ({ operation, graph }: Context): readonly Extent[] =>
  graph.values[operation.outputs[0]!]!.shape;

const padded: Write = (context) => {
  const { operation, builder } = context;
  const [x] = inputsOf(context);
  const sides = (operation.attributes["paddings"] as readonly Attribute[]).map((side) =>
    numbersOf({ ...operation, attributes: { side } }, "side")
  );
  const around = builder.constant(Int32Array.from(sides.flat()), [sides.length, 2]);
  const attributes = { ...typed(context), Tpaddings: { type: "DT_INT32" } } as const;
  if (operation.kernel === "MirrorPad") {
    const mode = text(String(operation.attributes["mode"]).toUpperCase());
    return builder.node("MirrorPad", [x!, around], { ...attributes, mode });
  }
  const value = builder.float(numberOf(operation, "constantValue"));
  return builder.node("PadV2", [x!, around, value], attributes);
};

const product: Write = (context) => {
  const { operation, builder, name } = context;
  const y = builder.node(
    "BatchMatMulV2",
    ["a", "b"].map((input) => name(inputOf(operation, input))),
    {
      ...FLOATS,
      adj_x: { b: operation.attributes["transposeA"] === true },
      adj_y: { b: operation.attributes["transposeB"] === true },
    },
  );
  return activated(context, y);
};

const resized = (op: string): Write => ({ operation, builder, name }) => {
  const [, id] = operation.inputs[0]!;
  return builder.node(op, [name(id), builder.extents(extentsOf(operation, "size"))], {
    ...FLOATS,
    align_corners: { b: operation.attributes["alignCorners"] === true },
    half_pixel_centers: { b: operation.attributes["halfPixelCenters"] === true },
  });
};

function unknown(what: string): PairlabError {
  return new PairlabError(
    `Cannot export this network to TensorFlow: it has ${what}, for which no operation was written. Use --format=onnx, or another layer.`,
  );
}

const INDEX = { Index: { type: "DT_INT32" } } as const;

const OPERATIONS: Readonly<Record<string, Write>> = {
  Add: same("AddV2"),
  Sub: same("Sub"),
  Multiply: same("Mul"),
  RealDiv: same("RealDiv"),
  Maximum: same("Maximum"),
  Minimum: same("Minimum"),
  Pow: same("Pow"),
  SquaredDifference: same("SquaredDifference"),
  AddN: same("AddN", ({ inputs }) => ({ N: int(inputs.length) })),
  Greater: same("Greater"),
  GreaterEqual: same("GreaterEqual"),
  Less: same("Less"),
  LessEqual: same("LessEqual"),
  Equal: same("Equal"),
  NotEqual: same("NotEqual"),
  LogicalAnd: ({ builder, ...context }) =>
    builder.node("LogicalAnd", inputsOf({ builder, ...context }), {}),
  LogicalOr: ({ builder, ...context }) =>
    builder.node("LogicalOr", inputsOf({ builder, ...context }), {}),
  Select: (context) => context.builder.node("SelectV2", inputsOf(context)),
  Neg: same("Neg"),
  Abs: same("Abs"),
  Sqrt: same("Sqrt"),
  Rsqrt: same("Rsqrt"),
  Square: same("Square"),
  Exp: same("Exp"),
  Log: same("Log"),
  Reciprocal: same("Reciprocal"),
  Relu: same("Relu"),
  Relu6: same("Relu6"),
  Elu: same("Elu"),
  Tanh: same("Tanh"),
  Sigmoid: same("Sigmoid"),
  Softplus: same("Softplus"),
  Softmax: same("Softmax"),
  Erf: same("Erf"),
  Sign: same("Sign"),
  Floor: same("Floor"),
  Ceil: same("Ceil"),
  Round: same("Round"),
  LeakyRelu: same("LeakyRelu", (operation) => ({ alpha: { f: numberOf(operation, "alpha") } })),
  ZerosLike: same("ZerosLike"),
  OnesLike: same("OnesLike"),
  ClipByValue: ({ operation, builder, name }) => {
    const [, id] = operation.inputs[0]!;
    const [low, high] = ["clipValueMin", "clipValueMax"].map((key) =>
      builder.float(numberOf(operation, key))
    );
    return builder.node("Minimum", [builder.node("Maximum", [name(id), low!]), high!]);
  },
  Cast: (context) =>
    context.builder.node("Cast", inputsOf(context), {
      SrcT: typed(context)["T"]!,
      DstT: { type: dataTypeOf(String(context.operation.attributes["dtype"])) },
    }),
  Mean: reduced("Mean"),
  Sum: reduced("Sum"),
  Max: reduced("Max"),
  Min: reduced("Min"),
  Prod: reduced("Prod"),
  AvgPool: pooled("AvgPool"),
  MaxPool: pooled("MaxPool"),
  Conv2D: convolution("Conv2D"),
  FusedConv2D: convolution("Conv2D"),
  DepthwiseConv2dNative: convolution("DepthwiseConv2dNative"),
  FusedDepthwiseConv2D: convolution("DepthwiseConv2dNative"),
  Conv2DBackpropInput: transposedConvolution,
  [BATCH_NORM_TRAINING]: pictureNorm,
  FusedBatchNorm: movingNorm,
  BatchMatMul: product,
  _FusedMatMul: product,
  Concat: (context) => {
    const { operation, builder } = context;
    const inputs = [...inputsOf(context), builder.integers(numberOf(operation, "axis"))];
    const N = int(operation.inputs.length);
    return builder.node("ConcatV2", inputs, { ...typed(context), N, Tidx: { type: "DT_INT32" } });
  },
  Pack: same("Pack", (operation) => ({
    N: int(operation.inputs.length),
    axis: int(numberOf(operation, "axis")),
  })),
  SplitV: split,
  Slice: shaped(
    "Slice",
    (context) => [extentsOf(context.operation, "begin"), shapeOf(context)],
    INDEX,
  ),
  Reshape: shaped("Reshape", (context) => [shapeOf(context)], { Tshape: { type: "DT_INT32" } }),
  Tile: shaped("Tile", ({ operation }) => [extentsOf(operation, "reps")], {
    Tmultiples: { type: "DT_INT32" },
  }),
  Transpose: shaped("Transpose", ({ operation }) => [extentsOf(operation, "perm")], {
    Tperm: { type: "DT_INT32" },
  }),
  Reverse: (context) => {
    const { operation, builder } = context;
    const axes = builder.integers(numbersOf(operation, "dims"));
    return builder.node("ReverseV2", [...inputsOf(context), axes], {
      ...typed(context),
      Tidx: { type: "DT_INT32" },
    });
  },
  ExpandDims: (context) => {
    const { operation, builder } = context;
    const axis = builder.integers(numberOf(operation, "dim"));
    return builder.node("ExpandDims", [...inputsOf(context), axis], {
      ...typed(context),
      Tdim: { type: "DT_INT32" },
    });
  },
  Fill: (context) => {
    const { operation, builder } = context;
    const inputs = [builder.extents(shapeOf(context)), builder.float(numberOf(operation, "value"))];
    return builder.node("Fill", inputs, { ...FLOATS, index_type: { type: "DT_INT32" } });
  },
  PadV2: padded,
  MirrorPad: padded,
  ResizeBilinear: resized("ResizeBilinear"),
  ResizeNearestNeighbor: resized("ResizeNearestNeighbor"),
};

/**
 * Writes an operation into a TensorFlow graph.
 *
 * @returns The names of its results.
 * @throws {PairlabError} If TensorFlow has none for it, or none was written.
 */
export function writeOperation(context: Context): readonly string[] {
  const write = OPERATIONS[context.operation.kernel];
  if (write === undefined) throw unknown(`the operation "${context.operation.kernel}"`);
  const names = write(context);
  return typeof names === "string" ? [names] : names;
}
