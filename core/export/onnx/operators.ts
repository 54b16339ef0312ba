/** Each kernel of tfjs in standard operators of ONNX (opset 18). */
import { PairlabError } from "../../base/errors.ts";
import { BATCH_NORM_TRAINING } from "../../ops/batch_norm.ts";
import { evaluateExtent, type Extent } from "../extent.ts";
import {
  activationOf,
  axesOf,
  extentsOf,
  type GraphOperation,
  type GraphValue,
  inputOf,
  numberOf,
  numbersOf,
  paddingOf,
  pairOf,
} from "../graph.ts";
import type { ValueId } from "../trace.ts";
import type { Attributes, OnnxBuilder } from "./builder.ts";
import { axisIn, type Layout, transposed, type Values } from "./layout.ts";
import { DATA_TYPES } from "./schema.ts";

/** What an operation is written with. */
interface Context {
  readonly operation: GraphOperation;
  readonly builder: OnnxBuilder;
  readonly values: Values;
  readonly shapes: readonly GraphValue[];
}

/** Gives the name of the result, or of several, and its layout: `last` if it is not said. */
type Write = (context: Context) => string | readonly [string | readonly string[], Layout];

/** The largest int64 that JavaScript tells exactly; beyond every extent. */
const END = Number.MAX_SAFE_INTEGER;

const idsOf = ({ inputs }: GraphOperation): ValueId[] => inputs.map(([, id]) => id);
const firstOf = ({ inputs }: GraphOperation): ValueId => inputs[0]![1];

/** The shape of the result. */
const shapeOf = ({ operation, shapes }: Context): readonly Extent[] =>
  shapes[operation.outputs[0]!]!.shape;

/** An operator of one tensor, number by number. */
function unary(opType: string, attributes: (operation: GraphOperation) => Attributes = () => ({})) {
  return each(({ builder, operation }, x) => builder.node(opType, [x], attributes(operation)));
}

/** What is computed of each number of the first input, in whichever layout it is there. */
function each(write: (context: Context, x: string) => string): Write {
  return (context) => {
    const id = firstOf(context.operation);
    const layout = context.values.layoutOf(id);
    return [write(context, context.values.in(layout, id)), layout];
  };
}

/** What is computed of tensors that are broadcast against each other. */
function broadcast(write: (context: Context, inputs: readonly string[]) => string): Write {
  return (context) => {
    const { operation, values } = context;
    const layout = commonLayout(values, idsOf(operation));
    return [write(context, idsOf(operation).map((id) => values.broadcast(id, layout))), layout];
  };
}

const elementwise = (opType: string): Write =>
  broadcast(({ builder }, inputs) => builder.node(opType, inputs));

/** Channels first if one of the tensors is there so: constants follow, others are transposed. */
function commonLayout(values: Values, ids: readonly ValueId[]): Layout {
  return ids.some((id) => values.layoutOf(id) === "first") ? "first" : "last";
}

const reduced = (opType: string): Write => ({ operation, builder, values }) => {
  const id = firstOf(operation);
  const rank = values.rankOf(id);
  const keepDims = operation.attributes["keepDims"] === true;
  const layout = keepDims ? values.layoutOf(id) : "last";
  const axes = axesOf(operation, rank).map((axis) => axisIn(layout, axis, rank));
  const inputs = [values.in(layout, id), builder.integers(axes)];
  return [builder.node(opType, inputs, { keepdims: Number(keepDims) }), layout];
};

/** Zeros around a picture, as an attribute of ONNX. */
function padding(operation: GraphOperation): Attributes {
  const sides = paddingOf(operation);
  if (typeof sides === "string") return { auto_pad: { same: "SAME_UPPER", valid: "VALID" }[sides] };
  return { pads: [...sides.map(([before]) => before!), ...sides.map(([, after]) => after!)] };
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
  const inputs = [values.in("first", inputOf(operation, "x")), weights];
  if (bias !== undefined) inputs.push(values.last(bias));
  const y = builder.node("Conv", inputs, {
    strides: pairOf(operation, "strides"),
    dilations: pairOf(operation, "dilations"),
    ...padding(operation),
    group: depthwise ? channels : undefined,
  });
  return [activated(context, y), "first"];
};

/** The activation that tfjs has fused into an operation. */
function activated({ operation, builder }: Context, y: string): string {
  const opType = activationOf(operation);
  if (opType !== undefined) return opType === null ? y : builder.node(opType, [y]);
  throw unknown(`the activation "${operation.attributes["activation"]}" of a convolution`);
}

const transposedConvolution: Write = (context) => {
  const { operation, builder, values, shapes } = context;
  const dy = inputOf(operation, "dy"), filter = inputOf(operation, "filter");
  const strides = pairOf(operation, "strides");
  const small = shapes[dy]!.shape, large = shapeOf(context);
  // What is cut off of (extent - 1) * stride + kernel rows and columns.
  const cut = strides.map((stride, index) =>
    sameForAll((size) =>
      (evaluateExtent(small[index + 1]!, size) - 1) * stride +
      evaluateExtent(shapes[filter]!.shape[index]!, size) - evaluateExtent(large[index + 1]!, size)
    )
  );
  const pad = paddingOf(operation);
  if (typeof pad !== "string") throw unknown("a transposed convolution with its own padding");
  const begin = cut.map((total) => pad === "same" ? Math.max(Math.floor(total / 2), 0) : 0);
  const end = cut.map((total, index) => Math.max(total, 0) - begin[index]!);
  const inputs = [values.in("first", dy), filterOf(context, filter, [3, 2, 0, 1])];
  const output_padding = cut.map((total) => Math.max(-total, 0));
  const attributes = { strides, pads: [...begin, ...end], output_padding };
  return [builder.node("ConvTranspose", inputs, attributes), "first"];
};

/** A number that is computed of extents and must not depend on them. */
function sameForAll(
  compute: (size: { batch: number; height: number; width: number }) => number,
): number {
  const sizes = [512, 1536, 3584].map((side) => compute({ batch: 1, height: side, width: side }));
  if (sizes.every((value) => value === sizes[0])) return sizes[0]!;
  throw unknown("a transposed convolution whose padding depends on the size of the picture");
}

/** An operator of pictures with channels first, whose other inputs are vectors of channels. */
const ofPictures = (
  opType: string,
  names: readonly string[],
  attributes: (operation: GraphOperation) => Attributes,
): Write =>
({ operation, builder, values }) => {
  const [x, ...others] = names.map((name) => inputOf(operation, name));
  const inputs = [values.in("first", x!), ...others.map((id) => values.last(id))];
  return [builder.node(opType, inputs, attributes(operation)), "first"];
};

const pooled = (opType: string): Write =>
  ofPictures(opType, ["x"], (operation) => ({
    kernel_shape: pairOf(operation, "filterSize"),
    strides: pairOf(operation, "strides"),
    ...padding(operation),
  }));

const normalised = (opType: string, names: readonly string[], epsilon: string): Write =>
  ofPictures(opType, names, (operation) => ({ epsilon: { float: numberOf(operation, epsilon) } }));

const concatenated: Write = ({ operation, builder, values }) => {
  const ids = idsOf(operation);
  const rank = values.rankOf(ids[0]!);
  const layout = rank === 4 ? commonLayout(values, ids) : "last";
  const axis = axisIn(layout, numberOf(operation, "axis"), rank);
  return [builder.node("Concat", ids.map((id) => values.in(layout, id)), { axis }), layout];
};

const split: Write = ({ operation, builder, values }) => {
  const id = firstOf(operation);
  const layout = values.layoutOf(id);
  const axis = axisIn(layout, numberOf(operation, "axis"), values.rankOf(id));
  const x = values.in(layout, id);
  const { outputs: { length } } = operation;
  const sizes = numbersOf(operation, "numOrSizeSplits");
  const names = sizes.length === 1
    ? builder.nodeOf("Split", [x], { axis, num_outputs: length }, length)
    : builder.nodeOf("Split", [x, builder.integers(sizes)], { axis }, length);
  return [names, layout];
};

function sumOf(a: Extent, b: Extent): Extent {
  const added = new Map<string, Extent["terms"][number]>();
  for (const [{ terms }, by] of [[a, b.divisor], [b, a.divisor]] as const) {
    for (const { coefficient, variables } of terms) {
      const sum = coefficient * by + (added.get(variables.join())?.coefficient ?? 0);
      added.set(variables.join(), { coefficient: sum, variables });
    }
  }
  const terms = [...added.values()].filter(({ coefficient }) => coefficient !== 0);
  return { terms, divisor: a.divisor * b.divisor };
}

const padded: Write = plain(({ operation, builder }, [x]) => {
  const sides = operation.attributes["paddings"] as readonly (readonly Extent[])[];
  const around = [...sides.map(([before]) => before!), ...sides.map(([, after]) => after!)];
  const mirrored = operation.kernel === "MirrorPad";
  if (mirrored && operation.attributes["mode"] !== "reflect") throw unknown("a symmetric padding");
  const inputs = [x!, builder.extents(around)];
  if (!mirrored) inputs.push(builder.float(numberOf(operation, "constantValue")));
  return builder.node("Pad", inputs, { mode: mirrored ? "reflect" : "constant" });
});

const reshaped: Write = (context) => {
  const { operation, builder, values, shapes } = context;
  const id = firstOf(operation);
  const after = shapeOf(context);
  if (JSON.stringify(shapes[id]!.shape) !== JSON.stringify(after)) {
    return builder.node("Reshape", [values.last(id), builder.extents(after)]);
  }
  const layout = values.layoutOf(id);
  return [values.in(layout, id), layout];
};

/** An operator of tensors as tfjs has them. */
function plain(write: (context: Context, inputs: readonly string[]) => string): Write {
  return (context) => write(context, idsOf(context.operation).map((id) => context.values.last(id)));
}

const product: Write = plain((context, [a, b, bias]) => {
  const { operation, builder, values } = context;
  const side = (name: string, transpose: string, id: ValueId): string => {
    if (operation.attributes[transpose] !== true) return name;
    const axes = [...Array(values.rankOf(id)).keys()];
    return builder.node("Transpose", [name], {
      perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!],
    });
  };
  const [idOfA, idOfB] = idsOf(operation) as [ValueId, ValueId];
  const y = builder.node("MatMul", [side(a!, "transposeA", idOfA), side(b!, "transposeB", idOfB)]);
  return activated(context, bias === undefined ? y : builder.node("Add", [y, bias]));
});

const resized = (mode: "linear" | "nearest"): Write =>
  plain(({ operation, builder }, [x]) => {
    const corners = operation.attributes["alignCorners"] === true;
    const centres = operation.attributes["halfPixelCenters"] === true;
    const shape = builder.node("Shape", [x!]);
    const of = (axis: number): string =>
      builder.node("Gather", [shape, builder.integers([axis])], { axis: 0 });
    const extents = [of(0), builder.extents(extentsOf(operation, "size")), of(3)];
    return builder.node("Resize", [x!, "", "", builder.node("Concat", extents, { axis: 0 })], {
      mode,
      coordinate_transformation_mode: corners
        ? "align_corners"
        : centres
        ? "half_pixel"
        : "asymmetric",
      nearest_mode: mode === "linear" ? undefined : centres ? "round_prefer_ceil" : "floor",
    });
  });

function unknown(what: string): PairlabError {
  return new PairlabError(
    `Cannot export this network to ONNX: it has ${what}, for which no operator was written. Use --format=tfjs, or another layer.`,
  );
}

/** Operators by the kernels' names, which are ONNX' own where only one name is given. */
const table = (
  names: readonly (string | readonly [kernel: string, opType: string])[],
  write: (opType: string) => Write,
): Record<string, Write> =>
  Object.fromEntries(
    names.map((name) => typeof name === "string" ? [name, write(name)] : [name[0], write(name[1])]),
  );

const OPERATORS: Readonly<Record<string, Write>> = {
  ...table([
    ...["Add", "Sub", "Pow", "Greater", "Less", "Equal"],
    ["Multiply", "Mul"],
    ["RealDiv", "Div"],
    ["Maximum", "Max"],
    ["Minimum", "Min"],
    ["AddN", "Sum"],
    ["GreaterEqual", "GreaterOrEqual"],
    ["LessEqual", "LessOrEqual"],
    ["LogicalAnd", "And"],
    ["LogicalOr", "Or"],
    ["Select", "Where"],
    ["Prelu", "PRelu"],
  ], elementwise),
  ...table([
    ...["Neg", "Abs", "Sqrt", "Exp", "Log", "Reciprocal", "Sign", "Floor", "Ceil", "Round"],
    ...["Relu", "Elu", "Tanh", "Sigmoid", "Softplus", "Erf"],
  ], unary),
  ...table([
    ["Mean", "ReduceMean"],
    ["Sum", "ReduceSum"],
    ["Max", "ReduceMax"],
    ["Min", "ReduceMin"],
    ["Prod", "ReduceProd"],
  ], reduced),
  ...table([["AvgPool", "AveragePool"], "MaxPool"], pooled),
  SquaredDifference: broadcast(({ builder }, inputs) => {
    const difference = builder.node("Sub", inputs);
    return builder.node("Mul", [difference, difference]);
  }),
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
  Conv2D: convolution(false),
  FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2D: convolution(true),
  Conv2DBackpropInput: transposedConvolution,
  // By the statistics of each picture, which are those of the batch where it is of one.
  [BATCH_NORM_TRAINING]: normalised("InstanceNormalization", ["x", "scale", "offset"], "epsilon"),
  FusedBatchNorm: normalised(
    "BatchNormalization",
    ["x", "scale", "offset", "mean", "variance"],
    "varianceEpsilon",
  ),
  BatchMatMul: product,
  _FusedMatMul: product,
  Concat: concatenated,
  SplitV: split,
  Slice: plain((context, [x]) => {
    const { operation, builder } = context;
    const begin = extentsOf(operation, "begin"), extents = shapeOf(context);
    const ends = begin.map((start, axis) => sumOf(start, extents[axis]!));
    const inputs = [x!, builder.extents(begin), builder.extents(ends)];
    return builder.node("Slice", [...inputs, builder.integers([...begin.keys()])]);
  }),
  PadV2: padded,
  MirrorPad: padded,
  Reverse: plain(({ operation, builder }, [x]) => {
    const axes = numbersOf(operation, "dims");
    const all = (value: number): string => builder.integers(axes.map(() => value));
    return builder.node("Slice", [x!, all(-1), all(-END), builder.integers(axes), all(-1)]);
  }),
  Reshape: reshaped,
  Fill: plain((context) => {
    const { builder, operation } = context;
    const shape = builder.extents(shapeOf(context));
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
  const { operation: { kernel, outputs }, values } = context;
  const write = OPERATORS[kernel];
  if (write === undefined) throw unknown(`the operation "${kernel}"`);
  const result = write(context);
  const [names, layout] = typeof result === "string" ? [result, "last"] as const : result;
  [names].flat().forEach((name, index) => values.set(outputs[index]!, name, layout));
}
