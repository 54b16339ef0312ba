/** A network as a graph of operations that holds for pictures of any size. */
import * as tf from "@tensorflow/tfjs";
import type { DataType, Tensor4D } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { ImageShape } from "../interfaces/pictures.ts";
import {
  type BatchSize,
  constantExtent,
  constantOf,
  evaluateExtent,
  type Extent,
  fitExtent,
  type Grid,
  sizesOf,
} from "./extent.ts";
import { type Trace, trace, type TracedOperation, type ValueId } from "./trace.ts";

/** A tensor: what it is for a batch of any size. */
export interface GraphValue {
  readonly shape: readonly Extent[];
  readonly dtype: DataType;
}

/** A tensor whose values are part of the graph. */
export interface GraphConstant {
  readonly id: ValueId;
  /** The weight's name in the network, e.g. `down1_convolution/kernel`; undefined for others. */
  readonly name: string | undefined;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** An attribute of an operation; numbers may depend on the size of the batch. */
export type Attribute = Extent | string | boolean | null | undefined | readonly Attribute[];

/** An operation, by tfjs' name. */
export interface GraphOperation {
  readonly kernel: string;
  readonly inputs: readonly (readonly [name: string, value: ValueId])[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly ValueId[];
}

/** A function from a batch of pictures to a batch of pictures. */
export interface Graph {
  readonly values: readonly GraphValue[];
  readonly constants: readonly GraphConstant[];
  /** Each after those whose results it takes. */
  readonly operations: readonly GraphOperation[];
  readonly input: ValueId;
  readonly output: ValueId;
  /** Why only pictures of one size are taken; null if height and width are free. */
  readonly fixed: string | null;
}

/** How {@link traceGraph} goes about it. */
export interface GraphOptions {
  /** The pictures that the network was trained on; other sizes are multiples of theirs. */
  readonly shape: ImageShape;
  /** Names of weights, by the identity of their values. */
  readonly names?: ReadonlyMap<object, string>;
}

/**
 * The graph of a function of a batch of pictures. It is traced for several sizes; numbers that
 * differ (the extents of a reshape, say) become functions of the size. Where the function is of
 * another form for other sizes, or cannot take them, the graph is that of the one size.
 *
 * @throws {PairlabError} If the function cannot be traced for its own size.
 */
export async function traceGraph(
  fn: (pictures: Tensor4D) => Tensor4D,
  { shape, names = new Map() }: GraphOptions,
): Promise<Graph> {
  const { height, width, channels } = shape;
  const traceAt = (size: BatchSize): Trace =>
    trace(fn, [size.batch, size.height, size.width, channels]);
  const own = { batch: 1, height, width };
  const usual = traceAt(own);
  const grid: Grid = {
    batch: [2, 3],
    height: [2 * height, 3 * height],
    width: [2 * width, 3 * width],
  };
  const merged = mergeAll(usual, own, grid, traceAt);
  return await finish(merged.graph, usual, names, merged.fixed);
}

type Unfinished = Pick<Graph, "values" | "operations">;

function mergeAll(
  usual: Trace,
  own: BatchSize,
  grid: Grid,
  traceAt: (size: BatchSize) => Trace,
): { graph: Unfinished; fixed: string | null } {
  try {
    const sizes = sizesOf(grid);
    const traces = sizes.map((size) => traceAt(size));
    const graph = merge(usual, (read) => {
      const extent = fitExtent(grid, (_, index) => read(traces[index]!));
      if (evaluateExtent(extent, own) !== read(usual)) {
        throw new PairlabError("its extents do not grow in step with the picture");
      }
      return extent;
    }, traces);
    return { graph, fixed: null };
  } catch (error) {
    const graph = merge(usual, (read) => constantExtent(read(usual)), []);
    return { graph, fixed: messageOf(error) };
  }
}

/** How a number that stands at the same place in every trace becomes an extent. */
type Fit = (read: (trace: Trace) => number) => Extent;

function merge(usual: Trace, fit: Fit, others: readonly Trace[]): Unfinished {
  for (const other of others) checkAlike(usual, other);
  const values = usual.values.map(({ shape, dtype }, id) => ({
    shape: shape.map((_, axis) => fit((trace) => trace.values[id]!.shape[axis]!)),
    dtype,
  }));
  const operations = usual.operations.map((operation, index) => ({
    kernel: operation.kernel,
    inputs: operation.inputs,
    outputs: operation.outputs,
    attributes: Object.fromEntries(
      Object.entries(operation.attributes).map(([key, value]) => [
        key,
        mergeAttribute(value, (trace) => trace.operations[index]!.attributes[key], fit),
      ]),
    ),
  }));
  return { values, operations };
}

function mergeAttribute(value: unknown, read: (trace: Trace) => unknown, fit: Fit): Attribute {
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      mergeAttribute(item, (trace) => (read(trace) as unknown[])[index], fit)
    );
  }
  if (typeof value !== "number") return value as Attribute;
  // Fractions, the slope of a leaky ReLU say, are not extents: none depends on the size.
  return Number.isInteger(value) ? fit((trace) => read(trace) as number) : constantExtent(value);
}

/** @throws {Error} If two traces differ in anything but numbers. */
function checkAlike(a: Trace, b: Trace): void {
  const form = ({ operations, values }: Trace): string =>
    JSON.stringify([
      operations.map(({ kernel, inputs, outputs }: TracedOperation) => [kernel, inputs, outputs]),
      values.map(({ shape, dtype }) => [shape.length, dtype]),
    ]);
  const constants = ({ constants }: Trace): string =>
    JSON.stringify(constants.map(({ id, shape, values }) => [id, shape, [...values ?? []]]));
  if (form(a) !== form(b) || constants(a) !== constants(b)) {
    throw new PairlabError("it computes other operations for pictures of another size");
  }
}

async function finish(
  { values, operations }: Unfinished,
  usual: Trace,
  names: ReadonlyMap<object, string>,
  fixed: string | null,
): Promise<Graph> {
  const { input, output } = usual;
  const used = usedOperations(operations, output);
  const needed = new Set(used.flatMap(({ inputs }) => inputs.map(([, id]) => id)));
  const constants: GraphConstant[] = [];
  for (const { id, shape, dtype, dataId, values: given } of usual.constants) {
    if (!needed.has(id)) continue;
    const read = given ?? await tf.engine().read(dataId) as GraphConstant["values"];
    constants.push({ id, name: names.get(dataId), shape, dtype, values: read });
  }
  return { values, constants, operations: used, input, output, fixed };
}

/** The operations on which the output depends. */
function usedOperations(operations: readonly GraphOperation[], output: ValueId): GraphOperation[] {
  const needed = new Set([output]);
  const used = operations.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some((id) => needed.has(id))) return false;
    for (const [, id] of inputs) needed.add(id);
    return true;
  });
  return used.toReversed();
}

/**
 * An attribute that is the same for all sizes.
 *
 * @throws {PairlabError} If it depends on the size.
 */
export function numberOf({ kernel, attributes }: GraphOperation, key: string): number {
  return fixedNumber(kernel, key, attributes[key]);
}

/** A list of numbers that are the same for all sizes; a single number is a list of one. */
export function numbersOf({ kernel, attributes }: GraphOperation, key: string): number[] {
  return [attributes[key]].flat().map((item) => fixedNumber(kernel, key, item as Attribute));
}

/** Numbers of the rows and columns of a picture: one stands for both. */
export function pairOf(operation: GraphOperation, key: string): [number, number] {
  const [rows, columns = rows] = numbersOf(operation, key) as [number, number?];
  return [rows, columns];
}

/** The axes that a reduction of a tensor of so many axes goes over; they may be negative. */
export function axesOf(operation: GraphOperation, rank: number): number[] {
  const key = ["axis", "axes"].find((name) => name in operation.attributes) ?? "reductionIndices";
  if (operation.attributes[key] === null) return [...Array(rank).keys()];
  return numbersOf(operation, key);
}

/** Zeros around a picture: by rule, or `[[top, bottom], [left, right]]`. */
export function paddingOf(operation: GraphOperation): "same" | "valid" | number[][] {
  const { pad } = operation.attributes as { pad: Attribute };
  if (pad === "same" || pad === "valid") return pad;
  if (Array.isArray(pad)) return sidesOf(operation, "pad").slice(1, 3);
  const around = numberOf(operation, "pad");
  return [[around, around], [around, around]];
}

/** For each axis, how much is before and after. */
export function sidesOf({ kernel, attributes }: GraphOperation, key: string): number[][] {
  return (attributes[key] as Attribute[][]).map((side) =>
    side.map((count) => fixedNumber(kernel, key, count))
  );
}

/** The activations that tfjs fuses into operations, as ONNX and TensorFlow call them. */
const ACTIVATIONS = { linear: null, relu: "Relu", elu: "Elu", sigmoid: "Sigmoid", tanh: "Tanh" };

/** The activation that is fused into an operation; null for none, undefined if it is not known. */
export function activationOf({ attributes }: GraphOperation): string | null | undefined {
  return ACTIVATIONS[(attributes["activation"] ?? "linear") as keyof typeof ACTIVATIONS];
}

/** A list of numbers that may depend on the size. */
export function extentsOf({ attributes }: GraphOperation, key: string): Extent[] {
  return attributes[key] as unknown as Extent[];
}

function fixedNumber(kernel: string, key: string, value: Attribute): number {
  const number = constantOf(value as Extent);
  if (number !== undefined) return number;
  throw new PairlabError(
    `Cannot export this network: "${key}" of "${kernel}" depends on the size of the picture`,
  );
}

/** An input of an operation by its name in tfjs. */
export function inputOf({ kernel, inputs }: GraphOperation, name: string): ValueId {
  const found = inputs.find(([key]) => key === name);
  if (found === undefined) throw new TypeError(`"${kernel}" has no input "${name}"`);
  return found[1];
}
