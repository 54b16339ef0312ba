/** Each kernel of tfjs in operations of TensorFlow. */
import { PairlabError } from "../../base/errors.ts";
import { BATCH_NORM_TRAINING } from "../../ops/batch_norm.ts";
import {
  activationOf,
  axesOf,
  extentsOf,
  type Graph,
  type GraphOperation,
  inputOf,
  numberOf,
  numbersOf,
  paddingOf,
  pairOf,
  sidesOf,
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
const bool = (value: unknown): AttrValue => ({ b: value === true });
const INT32: AttrValue = { type: "DT_INT32" };
const PICTURES: Attributes = { ...FLOATS, data_format: text("NHWC") };

/** `T` of an operation's first input. */
function typed({ operation, graph }: Context): Attributes {
  const [, id] = operation.inputs[0]!;
  return { T: { type: dataTypeOf(graph.values[id]!.dtype) } };
}

const inputsOf = ({ operation, name }: Context): string[] =>
  operation.inputs.map(([, id]) => name(id));

/** The inputs of these names. */
const named = ({ operation, name }: Context, ...names: string[]): string[] =>
  names.map((input) => name(inputOf(operation, input)));

/** An operation of the same inputs, by TensorFlow's name, and of further ones. */
function same(
  op: string,
  attributes: (operation: GraphOperation) => Attributes = () => ({}),
  further: (context: Context) => string[] = () => [],
): Write {
  return (context) =>
    context.builder.node(op, [...inputsOf(context), ...further(context)], {
      ...typed(context),
      ...attributes(context.operation),
    });
}

const reduced = (op: string): Write =>
  same(
    op,
    ({ attributes }) => ({ Tidx: INT32, keep_dims: bool(attributes["keepDims"]) }),
    ({ operation, builder, graph }) => {
      const [, id] = operation.inputs[0]!;
      return [builder.integers(axesOf(operation, graph.values[id]!.shape.length))];
    },
  );

const ofPicture = (operation: GraphOperation, key: string): AttrValue =>
  list([1, ...pairOf(operation, key), 1]);

function padding(operation: GraphOperation): Attributes {
  const sides = paddingOf(operation);
  if (typeof sides === "string") return { padding: text(sides.toUpperCase()) };
  return {
    padding: text("EXPLICIT"),
    explicit_paddings: list([0, 0, ...sides.flat(), 0, 0]),
  };
}

const convolution = (op: string): Write => (context) => {
  const { operation, builder } = context;
  const y = builder.node(op, named(context, "x", "filter"), {
    ...PICTURES,
    strides: ofPicture(operation, "strides"),
    dilations: ofPicture(operation, "dilations"),
    ...padding(operation),
  });
  return activated(context, y);
};

/** The bias and the activation that tfjs has fused into an operation. */
function activated({ operation, builder, name }: Context, y: string): string {
  const bias = operation.inputs.find(([input]) => input === "bias")?.[1];
  const biased = bias === undefined ? y : builder.node("BiasAdd", [y, name(bias)], PICTURES);
  const op = activationOf(operation);
  if (op !== undefined) return op === null ? biased : builder.node(op, [biased]);
  throw unknown(`the activation "${operation.attributes["activation"]}"`);
}

const transposedConvolution: Write = (context) => {
  const { operation, builder } = context;
  const sizes = builder.extents(extentsOf(operation, "inputShape"));
  return builder.node("Conv2DBackpropInput", [sizes, ...named(context, "filter", "dy")], {
    ...PICTURES,
    strides: ofPicture(operation, "strides"),
    dilations: list([1, 1, 1, 1]),
    ...padding(operation),
  });
};

const pooled = (op: string): Write =>
  same(op, (operation) => ({
    ...PICTURES,
    ksize: ofPicture(operation, "filterSize"),
    strides: ofPicture(operation, "strides"),
    ...padding(operation),
  }));

/** By the statistics of each picture, which are those of the batch where it is of one. */
const pictureNorm: Write = (context) => {
  const { operation, builder } = context;
  const [x, scale, offset] = named(context, "x", "scale", "offset");
  const mean = (of: string): string =>
    builder.node("Mean", [of, builder.integers([1, 2])], {
      ...FLOATS,
      Tidx: INT32,
      keep_dims: bool(true),
    });
  const centred = builder.node("Sub", [x!, mean(x!)]);
  const variance = mean(builder.node("Square", [centred]));
  const epsilon = builder.float(numberOf(operation, "epsilon"));
  const inverse = builder.node("Rsqrt", [builder.node("AddV2", [variance, epsilon])]);
  const scaled = builder.node("Mul", [centred, builder.node("Mul", [inverse, scale!])]);
  return builder.node("AddV2", [scaled, offset!]);
};

const movingNorm: Write = (context) =>
  context.builder.node(
    "FusedBatchNormV3",
    named(context, "x", "scale", "offset", "mean", "variance"),
    {
      ...FLOATS,
      U: { type: "DT_FLOAT" },
      ...PICTURES,
      epsilon: { f: numberOf(context.operation, "varianceEpsilon") },
      is_training: bool(false),
    },
  );

const split: Write = (context) => {
  const { operation, builder } = context;
  const [x] = inputsOf(context);
  const sizes = numbersOf(operation, "numOrSizeSplits");
  const axis = builder.integers(numberOf(operation, "axis"));
  const type = typed(context), num_split = int(operation.outputs.length);
  const node = sizes.length === 1
    ? builder.node("Split", [axis, x!], { ...type, num_split })
    : builder.node("SplitV", [x!, builder.integers(sizes), axis], {
      ...type,
      Tlen: INT32,
      num_split,
    });
  return operation.outputs.map((_, index) => index === 0 ? node : `${node}:${index}`);
};

/** An operation whose further inputs are vectors of extents. */
const shaped = (
  op: string,
  vectors: (context: Context) => (readonly Extent[])[],
  type: string,
): Write =>
  same(
    op,
    () => ({ [type]: INT32 }),
    (context) => vectors(context).map((extents) => context.builder.extents(extents)),
  );

const shapeOf = ({ operation, graph }: Context): readonly Extent[] =>
  graph.values[operation.outputs[0]!]!.shape;

const padded: Write = (context) => {
  const { operation, builder } = context;
  const [x] = inputsOf(context);
  const sides = sidesOf(operation, "paddings");
  const around = builder.constant(Int32Array.from(sides.flat()), [sides.length, 2]);
  const attributes = { ...typed(context), Tpaddings: INT32 };
  if (operation.kernel === "MirrorPad") {
    const mode = text(String(operation.attributes["mode"]).toUpperCase());
    return builder.node("MirrorPad", [x!, around], { ...attributes, mode });
  }
  const value = builder.float(numberOf(operation, "constantValue"));
  return builder.node("PadV2", [x!, around, value], attributes);
};

const product: Write = (context) => {
  const { operation: { attributes }, builder } = context;
  const y = builder.node("BatchMatMulV2", named(context, "a", "b"), {
    ...FLOATS,
    adj_x: bool(attributes["transposeA"]),
    adj_y: bool(attributes["transposeB"]),
  });
  return activated(context, y);
};

const resized = (op: string): Write =>
  same(
    op,
    ({ attributes }) => ({
      ...FLOATS,
      align_corners: bool(attributes["alignCorners"]),
      half_pixel_centers: bool(attributes["halfPixelCenters"]),
    }),
    ({ operation, builder }) => [builder.extents(extentsOf(operation, "size"))],
  );

function unknown(what: string): PairlabError {
  return new PairlabError(
    `Cannot export this network to TensorFlow: it has ${what}, for which no operation was written. Use --format=onnx, or another layer.`,
  );
}

/** Operations by the kernels' names, which TensorFlow has, too. */
const table = (names: readonly string[], write: (op: string) => Write): Record<string, Write> =>
  Object.fromEntries(names.map((name) => [name, write(name)]));

const OPERATIONS: Readonly<Record<string, Write>> = {
  ...table([
    ...["Sub", "RealDiv", "Maximum", "Minimum", "Pow", "SquaredDifference"],
    ...["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"],
    ...["Neg", "Abs", "Sqrt", "Rsqrt", "Square", "Exp", "Log", "Reciprocal"],
    ...["Relu", "Relu6", "Elu", "Tanh", "Sigmoid", "Softplus", "Softmax", "Erf"],
    ...["Sign", "Floor", "Ceil", "Round", "ZerosLike", "OnesLike"],
  ], same),
  ...table(["Mean", "Sum", "Max", "Min", "Prod"], reduced),
  ...table(["AvgPool", "MaxPool"], pooled),
  ...table(["ResizeBilinear", "ResizeNearestNeighbor"], resized),
  ...table(
    ["LogicalAnd", "LogicalOr"],
    (op) => (context) => context.builder.node(op, inputsOf(context), {}),
  ),
  Add: same("AddV2"),
  Multiply: same("Mul"),
  AddN: same("AddN", ({ inputs }) => ({ N: int(inputs.length) })),
  Select: (context) => context.builder.node("SelectV2", inputsOf(context)),
  LeakyRelu: same("LeakyRelu", (operation) => ({ alpha: { f: numberOf(operation, "alpha") } })),
  ClipByValue: (context) => {
    const { operation, builder } = context;
    const [x] = inputsOf(context);
    const [low, high] = ["clipValueMin", "clipValueMax"].map((key) =>
      builder.float(numberOf(operation, key))
    );
    return builder.node("Minimum", [builder.node("Maximum", [x!, low!]), high!]);
  },
  Cast: (context) =>
    context.builder.node("Cast", inputsOf(context), {
      SrcT: typed(context)["T"]!,
      DstT: { type: dataTypeOf(String(context.operation.attributes["dtype"])) },
    }),
  Conv2D: convolution("Conv2D"),
  FusedConv2D: convolution("Conv2D"),
  DepthwiseConv2dNative: convolution("DepthwiseConv2dNative"),
  FusedDepthwiseConv2D: convolution("DepthwiseConv2dNative"),
  Conv2DBackpropInput: transposedConvolution,
  [BATCH_NORM_TRAINING]: pictureNorm,
  FusedBatchNorm: movingNorm,
  BatchMatMul: product,
  _FusedMatMul: product,
  Concat: same(
    "ConcatV2",
    ({ inputs }) => ({ N: int(inputs.length), Tidx: INT32 }),
    ({ operation, builder }) => [builder.integers(numberOf(operation, "axis"))],
  ),
  Pack: same("Pack", (operation) => ({
    N: int(operation.inputs.length),
    axis: int(numberOf(operation, "axis")),
  })),
  SplitV: split,
  Slice: shaped(
    "Slice",
    (context) => [extentsOf(context.operation, "begin"), shapeOf(context)],
    "Index",
  ),
  Reshape: shaped("Reshape", (context) => [shapeOf(context)], "Tshape"),
  Tile: shaped("Tile", ({ operation }) => [extentsOf(operation, "reps")], "Tmultiples"),
  Transpose: shaped("Transpose", ({ operation }) => [extentsOf(operation, "perm")], "Tperm"),
  Reverse: same(
    "ReverseV2",
    () => ({ Tidx: INT32 }),
    ({ operation, builder }) => [builder.integers(numbersOf(operation, "dims"))],
  ),
  ExpandDims: same(
    "ExpandDims",
    () => ({ Tdim: INT32 }),
    ({ operation, builder }) => [builder.integers(numberOf(operation, "dim"))],
  ),
  Fill: (context) => {
    const { operation, builder } = context;
    const inputs = [builder.extents(shapeOf(context)), builder.float(numberOf(operation, "value"))];
    return builder.node("Fill", inputs, { ...FLOATS, index_type: INT32 });
  },
  PadV2: padded,
  MirrorPad: padded,
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
  return [write(context)].flat();
}
