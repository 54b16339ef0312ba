/**
 * The nodes of a TensorFlow graph (GraphDef), while it is put together.
 *
 * Messages are in the form of protobuf's JSON mapping, which tfjs reads as it is and protobufjs
 * turns into bytes.
 *
 * @module
 */
import { type BatchSize, constantOf, type Extent } from "../extent.ts";

/** An attribute in protobuf's JSON mapping of `AttrValue`. */
export type AttrValue =
  | { readonly type: DataTypeName }
  | { readonly s: string }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: Record<string, unknown> }
  | { readonly tensor: Record<string, unknown> };

/** The types that occur. */
export type DataTypeName = "DT_FLOAT" | "DT_INT32" | "DT_BOOL";

/** A `NodeDef`. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** A constant: its node is in the graph, its values are kept apart. */
export interface TensorFlowConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataTypeName;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

const DTYPES = { float32: "DT_FLOAT", int32: "DT_INT32", bool: "DT_BOOL" } as const;

/** TensorFlow's name of a type of tfjs. */
export function dataTypeOf(dtype: string): DataTypeName {
  return DTYPES[dtype as keyof typeof DTYPES];
}

/** `T`, the type of a node's inputs, for nodes of floats. */
export const FLOATS: Readonly<Record<string, AttrValue>> = { T: { type: "DT_FLOAT" } };

const INTEGERS: Readonly<Record<string, AttrValue>> = { T: { type: "DT_INT32" } };

/** An attribute of a text. */
export const text = (value: string): AttrValue => ({ s: btoa(value) });

/** An attribute of whole numbers. */
export const list = (values: readonly number[]): AttrValue => ({ list: { i: values.map(String) } });

/** Puts a graph together; values are known by the names of the nodes that make them. */
export class GraphDefBuilder {
  readonly nodes: NodeDef[] = [];
  readonly constants: TensorFlowConstant[] = [];
  readonly #known = new Map<string, string>();
  #count = 0;

  /** @param input The name of the batch of pictures, `[batch, height, width, channels]`. */
  constructor(readonly input: string) {}

  /** Adds a node, whose name it returns. */
  node(
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, AttrValue>> = FLOATS,
    name = `${op}_${++this.#count}`,
  ): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** Adds a constant. */
  constant(
    values: TensorFlowConstant["values"],
    shape: readonly number[],
    name?: string,
  ): string {
    const taken = this.constants.some((known) => known.name === name);
    const unique = name === undefined || taken ? `constant_${++this.#count}` : name;
    const dtype = values instanceof Float32Array
      ? "DT_FLOAT"
      : values instanceof Int32Array
      ? "DT_INT32"
      : "DT_BOOL";
    this.constants.push({ name: unique, shape, dtype, values });
    const tensorShape = { dim: shape.map((size) => ({ size: String(size) })) };
    const attr = { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape } } } as const;
    return this.node("Const", [], attr, unique);
  }

  /** A constant of one float. */
  float(value: number): string {
    return this.#once(`float ${value}`, () => this.constant(Float32Array.of(value), []));
  }

  /** A constant of whole numbers (int32), a scalar if it is given a number. */
  integers(values: number | readonly number[]): string {
    return this.#once(`int32 ${JSON.stringify(values)}`, () => {
      const numbers = typeof values === "number" ? [values] : values;
      return this.constant(
        Int32Array.from(numbers),
        typeof values === "number" ? [] : [numbers.length],
      );
    });
  }

  /** A vector of extents (int32): a constant where they are, else computed from the input's shape. */
  extents(extents: readonly Extent[]): string {
    const constants = extents.map(constantOf);
    if (constants.every((value) => value !== undefined)) return this.integers(constants);
    return this.#once(`vector ${JSON.stringify(extents)}`, () => {
      const scalars = extents.map((extent, axis) => {
        const constant = constants[axis];
        return constant === undefined ? this.#extent(extent) : this.integers(constant);
      });
      const attr = { ...INTEGERS, N: { i: String(scalars.length) }, axis: { i: "0" } };
      return this.node("Pack", scalars, attr);
    });
  }

  #extent(extent: Extent): string {
    return this.#once(`extent ${JSON.stringify(extent)}`, () => {
      const { terms, divisor } = extent;
      const products = terms.map(({ coefficient, variables }) =>
        variables.reduce(
          (product, name) =>
            product === null
              ? this.#variable(name)
              : this.node("Mul", [product, this.#variable(name)], INTEGERS),
          coefficient === 1 && variables.length > 0 ? null : this.integers(coefficient),
        )!
      );
      const sum = products.reduce((total, product) =>
        this.node("AddV2", [total, product], INTEGERS)
      );
      return divisor === 1 ? sum : this.node("FloorDiv", [sum, this.integers(divisor)], INTEGERS);
    });
  }

  #variable(name: keyof BatchSize): string {
    return this.#once(`variable ${name}`, () => {
      const shape = this.#once(
        "shape",
        () => this.node("Shape", [this.input], { ...FLOATS, out_type: { type: "DT_INT32" } }),
      );
      const axis = { batch: 0, height: 1, width: 2 }[name];
      const [begin, end, stride] = [[axis], [axis + 1], [1]].map((at) => this.integers(at));
      const zero = { i: "0" };
      return this.node("StridedSlice", [shape, begin!, end!, stride!], {
        ...INTEGERS,
        Index: { type: "DT_INT32" },
        begin_mask: zero,
        end_mask: zero,
        ellipsis_mask: zero,
        new_axis_mask: zero,
        shrink_axis_mask: { i: "1" },
      });
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#known.set(key, name);
    return name;
  }
}
