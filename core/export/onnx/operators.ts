/** Each kernel of tfjs in standard operators of ONNX (opset 18). */
import { PairlabError } from "../../base/errors.ts";
import { BATCH_NORM_TRAINING } from "../../ops/batch_norm.ts";
import { evaluateExtent, type Extent } from "../extent.ts";
import {
  type Attribute,
  extentsOf,
  type GraphOperation,
  type GraphValue,
  inputOf,
  numberOf,
  numbersOf,
} from "../graph.ts";
import type { ValueId } from "../trace.ts";
import type { Attributes, OnnxBuilder } from "./builder.ts";
import { axisFirst, type Layout, transposed, type Values } from "./layout.ts";
import { DATA_TYPES } from "./schema.ts";

/** What an operation is written with. */
interface Context {
  readonly operation: GraphOperation;
  readonly builder: OnnxBuilder;
  readonly values: Values;
  readonly shapes: readonly GraphValue[];
}

type Write = (context: Context) => void;

/** The largest int64 that JavaScript tells exactly; beyond every extent. */
const END = Number.MAX_SAFE_INTEGER;

/** An operator of one tensor, number by number. */
function unary(opType: string, attributes: (operation: GraphOperation) => Attributes = () => ({})) {
  return each(({ builder, operation }, x) => builder.node(opType, [x], attributes(operation)));
}

/** What is computed of each number of the first input, in whichever layout it is there. */
function each(write: (context: Context, x: string, layout: Layout) => string): Write {
  return (context) => {
    const { operation, values } = context;
    const id = operation.inputs[0]![1];
    const layout = values.layoutOf(id);
    const x = layout === "first" ? values.first(id) : values.last(id);
    values.set(operation.outputs[0]!, write(context, x, layout), layout);
  };
}

/** An operator of tensors that are broadcast against each other. */
function elementwise(opType: string): Write {
  return ({ operation, builder, values }) => {
    const ids = operation.inputs.map(([, id]) => id);
    const layout = commonLayout(values, ids);
    const inputs = ids.map((id) => values.broadcast(id, layout));
    values.set(operation.outputs[0]!, builder.node(opType, inputs), layout);
  };
}

/** Channels first if one of the tensors is there so: constants follow, others are transposed. */
function commonLayout(values: Values, ids: readonly ValueId[]): Layout {
  return ids.some((id) => values.layoutOf(id) === "first") ? "first" : "last";
}

function reduced(opType: string): Write {
  return ({ operation, builder, values }) => {
    const [[, id]] = operation.inputs as [[string, ValueId]];
    const key = "axis" in operation.attributes ? "axis" : "axes";
    const rank = values.rankOf(id);
    const given = operation.attributes[key] === null
      ? Array.from({ length: rank }, (_, axis) => axis)
      : numbersOf(operation, key).map((axis) => axis < 0 ? axis + rank : axis);
    const keepDims = operation.attributes["keepDims"] === true;
    const layout = keepDims ? values.layoutOf(id) : "last";
    const axes = layout === "first" ? given.map(axisFirst) : given;
    const x = layout === "first" ? values.first(id) : values.last(id);
    const y = builder.node(opType, [x, builder.integers(axes)], { keepdims: Number(keepDims) });
    values.set(operation.outputs[0]!, y, layout);
  };
}

/** Zeros around a picture, as an attribute of ONNX. */
function padding(operation: GraphOperation): Attributes {
  const pad: Attribute = operation.attributes["pad"];
  if (pad === "same") return { auto_pad: "SAME_UPPER" };
  if (pad === "valid") return { auto_pad: "VALID" };
  const numbers = (pad as readonly Attribute[]).length === undefined
    ? Array.from({ length: 4 }, () => numberOf(operation, "pad"))
    : (pad as readonly Attribute[]).slice(1, 3).flatMap((side) =>
      numbersOf({ ...operation, attributes: { side } }, "side")
    );
  const [top, bottom, left, right] = numbers as [number, number, number, number];
  return { pads: [top, left, bottom, right] };
}

/** The weights of a convolution in the order of ONNX. */
function filterOf(
  { builder, values }: Context,
  id: ValueId,
  perm: readonly number[],
  shape?: (dims: number[]) => number[],
): string {
  const constant = values.constantOf(id);
  if (constant === undefined) {
    if (shape !== undefined) throw unknown("a depthwise convolution whose weights are computed");
    return builder.node("Transpose", [values.last(id)], { perm });
  }
  const dims = perm.map((axis) => constant.shape[axis]!);
  const ordered = transposed(constant.values as Float32Array, constant.shape, perm);
  return builder.floats(ordered, shape?.(dims) ?? dims, constant.name);
}

const convolution = (depthwise: boolean): Write => (context) => {
  const { operation, builder, values } = context;
  const filter = inputOf(operation, "filter");
  const bias = operation.inputs.find(([name]) => name === "bias")?.[1];
  const [, , channels] = values.constantOf(filter)?.shape ?? [];
  const weights = depthwise
    // [height, width, channels, multiplier] to [channels * multiplier, 1, height, width].
    ? filterOf(context, filter, [2, 3, 0, 1], ([c, m, h, w]) => [c! * m!, 1, h!, w!])
    : filterOf(context, filter, [3, 2, 0, 1]);
  const inputs = [values.first(inputOf(operation, "x")), weights];
  if (bias !== undefined) inputs.push(values.last(bias));
  const y = builder.node("Conv", inputs, {
    strides: twice(numbersOf(operation, "strides")),
    dilations: twice(numbersOf(operation, "dilations")),
    ...padding(operation),
    group: depthwise ? channels : undefined,
  });
  values.set(operation.outputs[0]!, activated(context, y), "first");
};

const twice = (numbers: number[]): number[] =>
  numbers.length === 1 ? [...numbers, ...numbers] : numbers;

/** The activation that tfjs has fused into an operation. */
function activated({ operation, builder }: Context, y: string): string {
  const activation = operation.attributes["activation"];
  if (activation === undefined || activation === null || activation === "linear") return y;
  const names: Readonly<Record<string, string>> = {
    relu: "Relu",
    elu: "Elu",
    sigmoid: "Sigmoid",
    tanh: "Tanh",
  };
  const opType = names[String(activation)];
  if (opType === undefined) throw unknown(`the activation "${activation}" of a convolution`);
  return builder.node(opType, [y]);
}

const transposedConvolution: Write = (context) => {
  const { operation, builder, values, shapes } = context;
  const dy = inputOf(operation, "dy"), filter = inputOf(operation, "filter");
  const strides = numbersOf(operation, "strides");
  const [height, width] = values.constantOf(filter)!.shape as [number, number];
  const small = shapes[dy]!.shape, large = shapes[operation.outputs[0]!]!.shape;
  // What is cut off of (extent - 1) * stride + kernel rows and columns.
  const cut = [height, width].map((kernel, index) =>
    sameForAll((size) =>
      (evaluateExtent(small[index + 1]!, size) - 1) * strides[index]! + kernel -
      evaluateExtent(large[index + 1]!, size)
    )
  ) as [number, number];
  const pad = operation.attributes["pad"];
  const begin = cut.map((total) =>
    pad === "same" ? Math.max(Math.floor(total / 2), 0) : pad === "valid" ? 0 : NaN
  );
  if (begin.some(Number.isNaN)) throw unknown("a transposed convolution with its own padding");
  const end = cut.map((total, index) => Math.max(total, 0) - begin[index]!);
  const y = builder.node(
    "ConvTranspose",
    [values.first(dy), filterOf(context, filter, [3, 2, 0, 1])],
    {
      strides,
      pads: [...begin, ...end],
      output_padding: cut.map((total) => Math.max(-total, 0)),
    },
  );
  values.set(operation.outputs[0]!, y, "first");
};

/** A number that is computed of extents and must not depend on them. */
function sameForAll(
  compute: (size: { batch: number; height: number; width: number }) => number,
): number {
  const sizes = [1, 3, 7].map((times) =>
    compute({ batch: 1, height: 512 * times, width: 512 * times })
  );
  if (sizes.some((value) => value !== sizes[0])) {
    throw unknown("a transposed convolution whose padding depends on the size of the picture");
  }
  return sizes[0]!;
}

const pooled = (opType: string): Write => ({ operation, builder, values }) => {
  const y = builder.node(opType, [values.first(inputOf(operation, "x"))], {
    kernel_shape: twice(numbersOf(operation, "filterSize")),
    strides: twice(numbersOf(operation, "strides")),
    ...padding(operation),
  });
  values.set(operation.outputs[0]!, y, "first");
};

/** By the statistics of each picture, which are those of the batch where it is of one. */
const pictureNorm: Write = ({ operation, builder, values }) => {
  const [x, scale, offset] = ["x", "scale", "offset"].map((name) => inputOf(operation, name)) as [
    ValueId,
    ValueId,
    ValueId,
  ];
  const inputs = [values.first(x), values.last(scale), values.last(offset)];
  const epsilon = { float: numberOf(operation, "epsilon") };
  values.set(
    operation.outputs[0]!,
    builder.node("InstanceNormalization", inputs, { epsilon }),
    "first",
  );
};

const movingNorm: Write = ({ operation, builder, values }) => {
  const of = (name: string): string => values.last(inputOf(operation, name));
  const inputs = [
    values.first(inputOf(operation, "x")),
    of("scale"),
    of("offset"),
    of("mean"),
    of("variance"),
  ];
  const epsilon = { float: numberOf(operation, "varianceEpsilon") };
  values.set(
    operation.outputs[0]!,
    builder.node("BatchNormalization", inputs, { epsilon }),
    "first",
  );
};

/** An axis as it lies in a layout. */
function axisIn(layout: Layout, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === "first" ? axisFirst(positive) : positive;
}

const concatenated: Write = ({ operation, builder, values }) => {
  const ids = operation.inputs.map(([, id]) => id);
  const rank = values.rankOf(ids[0]!);
  const layout = rank === 4 ? commonLayout(values, ids) : "last";
  const inputs = ids.map((id) => layout === "first" ? values.first(id) : values.last(id));
  const axis = axisIn(layout, numberOf(operation, "axis"), rank);
  values.set(operation.outputs[0]!, builder.node("Concat", inputs, { axis }), layout);
};

const split: Write = ({ operation, builder, values }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const layout = values.layoutOf(id);
  const axis = axisIn(layout, numberOf(operation, "axis"), values.rankOf(id));
  const x = layout === "first" ? values.first(id) : values.last(id);
  const { outputs } = operation;
  const sizes = numbersOf(operation, "numOrSizeSplits");
  const names = sizes.length === 1
    ? builder.nodeOf("Split", [x], { axis, num_outputs: outputs.length }, outputs.length)
    : builder.nodeOf("Split", [x, builder.integers(sizes)], { axis }, outputs.length);
  outputs.forEach((output, index) => values.set(output, names[index]!, layout));
};

const sliced: Write = ({ operation, builder, values, shapes }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const begin = extentsOf(operation, "begin");
  const result = shapes[operation.outputs[0]!]!.shape;
  const ends = begin.map((start, axis) => sumOf(start, result[axis]!));
  const axes = begin.map((_, axis) => axis);
  const inputs = [
    values.last(id),
    builder.extents(begin),
    builder.extents(ends),
    builder.integers(axes),
  ];
  values.set(operation.outputs[0]!, builder.node("Slice", inputs), "last");
};

function sumOf(a: Extent, b: Extent): Extent {
  const scaled = (extent: Extent, by: number) =>
    extent.terms.map(({ coefficient, variables }) => ({
      coefficient: coefficient * by,
      variables,
    }));
  const terms = [...scaled(a, b.divisor), ...scaled(b, a.divisor)];
  const added = new Map<string, Extent["terms"][number]>();
  for (const { coefficient, variables } of terms) {
    const known = added.get(variables.join());
    added.set(variables.join(), {
      coefficient: coefficient + (known?.coefficient ?? 0),
      variables,
    });
  }
  const left = [...added.values()].filter(({ coefficient }) => coefficient !== 0);
  return { terms: left, divisor: a.divisor * b.divisor };
}

const padded: Write = ({ operation, builder, values }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const sides = operation.attributes["paddings"] as readonly (readonly Extent[])[];
  const around = [...sides.map(([before]) => before!), ...sides.map(([, after]) => after!)];
  const mirrored = operation.kernel === "MirrorPad";
  if (mirrored && operation.attributes["mode"] !== "reflect") throw unknown("a symmetric padding");
  const inputs = [values.last(id), builder.extents(around)];
  if (!mirrored) inputs.push(builder.float(numberOf(operation, "constantValue")));
  const mode = mirrored ? "reflect" : "constant";
  values.set(operation.outputs[0]!, builder.node("Pad", inputs, { mode }), "last");
};

const reversed: Write = ({ operation, builder, values }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const axes = numbersOf(operation, "dims");
  const all = (value: number): string => builder.integers(axes.map(() => value));
  const inputs = [values.last(id), all(-1), all(-END), builder.integers(axes), all(-1)];
  values.set(operation.outputs[0]!, builder.node("Slice", inputs), "last");
};

const reshaped: Write = ({ operation, builder, values, shapes }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const [output] = operation.outputs as [ValueId];
  const before = shapes[id]!.shape, after = shapes[output]!.shape;
  if (JSON.stringify(before) === JSON.stringify(after)) {
    const layout = values.layoutOf(id);
    values.set(output, layout === "first" ? values.first(id) : values.last(id), layout);
    return;
  }
  values.set(output, builder.node("Reshape", [values.last(id), builder.extents(after)]), "last");
};

/** An operator of tensors as tfjs has them, whose shape is that of the result. */
function plain(write: (context: Context, inputs: readonly string[]) => string): Write {
  return (context) => {
    const inputs = context.operation.inputs.map(([, id]) => context.values.last(id));
    context.values.set(context.operation.outputs[0]!, write(context, inputs), "last");
  };
}

const product: Write = plain((context, [a, b, bias]) => {
  const { operation, builder } = context;
  const side = (name: string, transpose: string, id: ValueId): string => {
    if (operation.attributes[transpose] !== true) return name;
    const rank = context.values.rankOf(id);
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    [perm[rank - 2], perm[rank - 1]] = [rank - 1, rank - 2];
    return builder.node("Transpose", [name], { perm });
  };
  const [idOfA, idOfB] = operation.inputs.map(([, id]) => id) as [ValueId, ValueId];
  const y = builder.node("MatMul", [side(a!, "transposeA", idOfA), side(b!, "transposeB", idOfB)]);
  return activated(context, bias === undefined ? y : builder.node("Add", [y, bias]));
});

const resized = (mode: "linear" | "nearest"): Write => ({ operation, builder, values }) => {
  const [[, id]] = operation.inputs as [[string, ValueId]];
  const corners = operation.attributes["alignCorners"] === true;
  const centres = operation.attributes["halfPixelCenters"] === true;
  const x = values.last(id);
  const shape = builder.node("Shape", [x]);
  const of = (axis: number): string =>
    builder.node("Gather", [shape, builder.integers([axis])], { axis: 0 });
  const sizes = builder.node(
    "Concat",
    [of(0), builder.extents(extentsOf(operation, "size")), of(3)],
    { axis: 0 },
  );
  const y = builder.node("Resize", [x, "", "", sizes], {
    mode,
    coordinate_transformation_mode: corners
      ? "align_corners"
      : centres
      ? "half_pixel"
      : "asymmetric",
    nearest_mode: mode === "linear" ? undefined : centres ? "round_prefer_ceil" : "floor",
  });
  values.set(operation.outputs[0]!, y, "last");
};

function unknown(what: string): PairlabError {
  return new PairlabError(
    `Cannot export this network to ONNX: it has ${what}, for which no operator was written. Use --format=tfjs, or another layer.`,
  );
}

const OPERATORS: Readonly<Record<string, Write>> = {
  Add: elementwise("Add"),
  Sub: elementwise("Sub"),
  Multiply: elementwise("Mul"),
  RealDiv: elementwise("Div"),
  Maximum: elementwise("Max"),
  Minimum: elementwise("Min"),
  Pow: elementwise("Pow"),
  AddN: elementwise("Sum"),
  Greater: elementwise("Greater"),
  GreaterEqual: elementwise("GreaterOrEqual"),
  Less: elementwise("Less"),
  LessEqual: elementwise("LessOrEqual"),
  Equal: elementwise("Equal"),
  LogicalAnd: elementwise("And"),
  LogicalOr: elementwise("Or"),
  Select: elementwise("Where"),
  Prelu: elementwise("PRelu"),
  SquaredDifference: ({ operation, builder, values }) => {
    const ids = operation.inputs.map(([, id]) => id);
    const layout = commonLayout(values, ids);
    const difference = builder.node("Sub", ids.map((id) => values.broadcast(id, layout)));
    values.set(operation.outputs[0]!, builder.node("Mul", [difference, difference]), layout);
  },
  Neg: unary("Neg"),
  Abs: unary("Abs"),
  Sqrt: unary("Sqrt"),
  Exp: unary("Exp"),
  Log: unary("Log"),
  Reciprocal: unary("Reciprocal"),
  Relu: unary("Relu"),
  Elu: unary("Elu"),
  Tanh: unary("Tanh"),
  Sigmoid: unary("Sigmoid"),
  Softplus: unary("Softplus"),
  Erf: unary("Erf"),
  Sign: unary("Sign"),
  Floor: unary("Floor"),
  Ceil: unary("Ceil"),
  Round: unary("Round"),
  LeakyRelu: unary(
    "LeakyRelu",
    (operation) => ({ alpha: { float: numberOf(operation, "alpha") } }),
  ),
  Rsqrt: each(({ builder }, x) => builder.node("Reciprocal", [builder.node("Sqrt", [x])])),
  Square: each(({ builder }, x) => builder.node("Mul", [x, x])),
  Relu6: each(({ builder }, x) => builder.node("Clip", [x, builder.float(0), builder.float(6)])),
  ClipByValue: each(({ builder, operation }, x) => {
    const limits = ["clipValueMin", "clipValueMax"].map((key) =>
      builder.float(numberOf(operation, key))
    );
    return builder.node("Clip", [x, ...limits]);
  }),
  ZerosLike: each(({ builder }, x) => builder.node("Mul", [x, builder.float(0)])),
  Cast: each(({ builder, operation }, x) => {
    const type = String(operation.attributes["dtype"]) as keyof typeof DATA_TYPES;
    return builder.node("Cast", [x], { to: DATA_TYPES[type] });
  }),
  Softmax: plain(({ builder }, [x]) => builder.node("Softmax", [x!], { axis: -1 })),
  Mean: reduced("ReduceMean"),
  Sum: reduced("ReduceSum"),
  Max: reduced("ReduceMax"),
  Min: reduced("ReduceMin"),
  Prod: reduced("ReduceProd"),
  AvgPool: pooled("AveragePool"),
  MaxPool: pooled("MaxPool"),
  Conv2D: convolution(false),
  FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2D: convolution(true),
  Conv2DBackpropInput: transposedConvolution,
  [BATCH_NORM_TRAINING]: pictureNorm,
  FusedBatchNorm: movingNorm,
  BatchMatMul: product,
  _FusedMatMul: product,
  Concat: concatenated,
  SplitV: split,
  Slice: sliced,
  PadV2: padded,
  MirrorPad: padded,
  Reverse: reversed,
  Reshape: reshaped,
  Fill: plain(({ builder, operation, shapes }) => {
    const shape = builder.extents(shapes[operation.outputs[0]!]!.shape);
    return builder.node("Expand", [builder.float(numberOf(operation, "value")), shape]);
  }),
  ExpandDims: plain(({ builder, operation }, [x]) =>
    builder.node("Unsqueeze", [x!, builder.integers([numberOf(operation, "dim")])])
  ),
  Transpose: plain(({ builder, operation }, [x]) =>
    builder.node("Transpose", [x!], { perm: numbersOf(operation, "perm") })
  ),
  Tile: plain(({ builder, operation }, [x]) =>
    builder.node("Tile", [x!, builder.extents(extentsOf(operation, "reps"))])
  ),
  Pack: plain(({ builder, operation }, inputs) => {
    const axis = numberOf(operation, "axis");
    const expanded = inputs.map((x) => builder.node("Unsqueeze", [x, builder.integers([axis])]));
    return builder.node("Concat", expanded, { axis });
  }),
  ResizeBilinear: resized("linear"),
  ResizeNearestNeighbor: resized("nearest"),
};

/**
 * Writes an operation into an ONNX graph.
 *
 * @throws {PairlabError} If ONNX has no operator for it, or none was written.
 */
export function writeOperation(context: Context): void {
  const write = OPERATORS[context.operation.kernel];
  if (write === undefined) throw unknown(`the operation "${context.operation.kernel}"`);
  write(context);
}
