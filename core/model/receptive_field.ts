/** Receptive fields of networks, computed from their layers. */
import type { layers, LayersModel, serialization, SymbolicTensor } from "@tensorflow/tfjs";

/** A receptive field, in pixels of the input. */
export interface ReceptiveField {
  readonly height: number;
  readonly width: number;
  /** Vertical distance of the fields of neighbouring outputs. */
  readonly stride: number;
}

/** The window of a custom layer along an axis; the same for both axes. */
export interface LayerWindow {
  /** The input positions on which the output positions `first` to `last` depend. */
  sees(first: number, last: number): readonly [first: number, last: number];
  /** Input positions per output position. */
  readonly stride: number;
}

/** Properties by which a custom layer describes itself. */
interface Described {
  /** Each output position depends on the same input position only. */
  readonly pointwise?: boolean;
  readonly window?: LayerWindow;
}

/** A range of positions along an axis, both ends included. */
type Interval = readonly [first: number, last: number];

/** A layer along one axis, from its output to its input. */
interface Window {
  /** The input positions on which output positions depend. */
  readonly sees: (output: Interval) => Interval;
  readonly stride: number;
}

const POINTWISE: Window = { sees: (output) => output, stride: 1 };
const EVERYTHING: Window = { sees: () => [-Infinity, Infinity], stride: 1 };

const POINTWISE_LAYERS: ReadonlySet<string> = new Set([
  ...["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "ThresholdedReLU"],
  ...["AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D"],
  ...["Add", "Average", "BatchNormalization", "Concatenate", "Maximum", "Minimum", "Multiply"],
]);

/**
 * The receptive field of a network: the rows and columns of its inputs on which one output position
 * depends.
 *
 * The picture is taken to continue beyond its edges, so a field can be larger than the picture. As
 * is usual, batch statistics are not counted, though in training they depend on the whole picture.
 * An unknown layer (no `kernelSize` in its config, no property `pointwise` or `window`, a
 * {@link LayerWindow}) counts as seeing its whole input; the field is then the whole input.
 *
 * @param model Outputs are `[batch, rows, columns, channels]`.
 * @param output Index of the output, for a network of several scales.
 * @throws {RangeError} If there is no such output.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { receptiveField } from "./receptive_field.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await tf.setBackend("cpu");
 * const options = { filters: 1, kernelSize: 4, strides: 2 };
 * const layers = [tf.layers.conv2d({ ...options, inputShape: [32, 32, 3] })];
 * layers.push(tf.layers.conv2d(options));
 * assertEquals(receptiveField(tf.sequential({ layers })), { height: 10, width: 10, stride: 4 });
 * ```
 */
export function receptiveField(model: LayersModel, output: number = 0): ReceptiveField {
  const from = model.outputs[output];
  if (from === undefined) {
    throw new RangeError(
      `Cannot find output ${output} of "${model.name}": it has ${model.outputs.length}, counted from 0.`,
    );
  }
  const order = fromOutputToInputs(from);
  const vertical = alongAxis(order, model.inputs, 0);
  const horizontal = alongAxis(order, model.inputs, 1);
  return { height: vertical.extent, width: horizontal.extent, stride: vertical.stride };
}

/** All tensors that the output depends on, each after the tensors that depend on it. */
function fromOutputToInputs(output: SymbolicTensor): SymbolicTensor[] {
  const visited = new Set<number>();
  const inputsFirst: SymbolicTensor[] = [];
  const visit = (tensor: SymbolicTensor): void => {
    if (visited.has(tensor.id)) return;
    visited.add(tensor.id);
    tensor.inputs.forEach(visit);
    inputsFirst.push(tensor);
  };
  visit(output);
  return inputsFirst.reverse();
}

/** The positions of a tensor that each output position sees, and the distance between them. */
interface Seen {
  readonly intervals: readonly Interval[];
  readonly stride: number;
}

function alongAxis(
  order: readonly SymbolicTensor[],
  inputs: readonly SymbolicTensor[],
  axis: 0 | 1,
): { extent: number; stride: number } {
  // Every position: after a transposed convolution, fields of neighbours differ in size.
  const positions = Array.from({ length: order[0]!.shape[axis + 1] ?? 1 }, (_, index) => index);
  const seen = new Map<number, Seen>();
  seen.set(order[0]!.id, { intervals: positions.map((at) => [at, at]), stride: 1 });
  for (const tensor of order) {
    const { intervals, stride } = seen.get(tensor.id)!;
    for (const input of tensor.inputs) {
      const window = windowOf(tensor.sourceLayer, input, axis);
      const through = intervals.map(window.sees);
      const known = seen.get(input.id);
      seen.set(input.id, {
        intervals: known === undefined
          ? through
          : through.map((interval, index) => union(interval, known.intervals[index]!)),
        stride: known?.stride ?? stride * window.stride,
      });
    }
  }
  let extent = 0, stride = 1;
  for (const { id, shape } of inputs) {
    const known = seen.get(id);
    if (known === undefined) continue;
    const extents = known.intervals.map(([first, last]) => last - first + 1);
    const largest = Math.max(...extents);
    extent = Math.max(extent, Number.isFinite(largest) ? largest : shape[axis + 1] ?? Infinity);
    stride = known.stride;
  }
  return { extent, stride };
}

function union([a, b]: Interval, [c, d]: Interval): Interval {
  return [Math.min(a, c), Math.max(b, d)];
}

function windowOf(layer: layers.Layer, input: SymbolicTensor, axis: 0 | 1): Window {
  const className = layer.getClassName();
  const { pointwise, window } = layer as Described;
  if (pointwise === true || POINTWISE_LAYERS.has(className)) return POINTWISE;
  if (window !== undefined) {
    return { sees: ([first, last]) => window.sees(first, last), stride: window.stride };
  }
  const config = layer.getConfig();
  if (className === "ZeroPadding2D") return shift(edgeBefore(config["padding"], axis));
  if (className === "Cropping2D") return shift(-edgeBefore(config["cropping"], axis));
  if (className === "UpSampling2D") return enlargement(number(config["size"], axis) ?? 2);
  const kernel = number(config["kernelSize"] ?? config["poolSize"], axis);
  if (kernel === undefined) return EVERYTHING;
  const stride = number(config["strides"], axis) ?? 1;
  const same = config["padding"] === "same";
  if (className.includes("Transpose")) return transposedWindow(kernel, stride, same);
  const span = (kernel - 1) * (number(config["dilationRate"], axis) ?? 1) + 1;
  const extent = input.shape[axis + 1] ?? stride;
  const total = (Math.ceil(extent / stride) - 1) * stride + span - extent;
  return slidingWindow(span, stride, same ? Math.floor(Math.max(total, 0) / 2) : 0);
}

function slidingWindow(span: number, stride: number, padding: number): Window {
  return {
    sees: ([first, last]) => [first * stride - padding, last * stride - padding + span - 1],
    stride,
  };
}

function transposedWindow(kernel: number, stride: number, same: boolean): Window {
  const padding = same ? Math.floor(Math.max(kernel - stride, 0) / 2) : 0;
  return {
    sees: ([first, last]) => [
      Math.ceil((first + padding - kernel + 1) / stride),
      Math.floor((last + padding) / stride),
    ],
    stride: 1 / stride,
  };
}

function shift(before: number): Window {
  return { sees: ([first, last]) => [first - before, last - before], stride: 1 };
}

/** Nearest or bilinear upsampling; bilinear also sees the next position. */
function enlargement(times: number): Window {
  return {
    sees: ([first, last]) => [Math.floor(first / times), Math.ceil(last / times)],
    stride: 1 / times,
  };
}

type Value = serialization.ConfigDictValue | undefined;

/** A setting that is one number for both axes, or one per axis. */
function number(value: Value, axis: 0 | 1): number | undefined {
  const own = Array.isArray(value) ? value[axis] : value;
  return typeof own === "number" ? own : undefined;
}

/** `top` or `left` of `[[top, bottom], [left, right]]`. */
function edgeBefore(value: Value, axis: 0 | 1): number {
  const edges = Array.isArray(value) ? value[axis] : undefined;
  return Array.isArray(edges) && typeof edges[0] === "number" ? edges[0] : 0;
}
