/** The nodes and constants of an ONNX graph, while it is put together. */
import { type BatchSize, constantOf, type Extent } from "../extent.ts";
import { ATTRIBUTE_TYPES, DATA_TYPES, type NodeProto, type TensorProto } from "./schema.ts";

/** Attributes by name: whole numbers, lists of them, texts, or `{ float }`. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | string | { readonly float: number } | undefined>
>;

/** Puts a graph together; values are known by their names. */
export class OnnxBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #known = new Map<string, string>();
  readonly #halves: boolean;
  #count = 0;

  /**
   * @param input The name of the batch of pictures, `[batch, height, width, channels]`.
   * @param options `halves`: constants of more than a few numbers are stored as float16.
   */
  constructor(readonly input: string, { halves = false }: { readonly halves?: boolean } = {}) {
    this.#halves = halves;
  }

  /** Adds a node of one output, whose name it returns. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodeOf(opType, inputs, attributes, 1)[0]!;
  }

  /** Adds a node of several outputs. */
  nodeOf(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: number,
  ): string[] {
    const name = `${opType}_${++this.#count}`;
    const output = Array.from({ length: outputs }, (_, i) => i === 0 ? name : `${name}_${i}`);
    const attribute = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [attributeOf(key, value)]
    );
    this.nodes.push({ name, opType, input: inputs, output, attribute });
    return output;
  }

  /** A constant of floats. */
  floats(values: Float32Array, dims: readonly number[], name?: string): string {
    const unique = name === undefined || this.#isTaken(name) ? this.#nextName("constant") : name;
    if (!this.#halves || values.length < 64) {
      return this.#initializer(unique, dims, DATA_TYPES.float32, bytesOf(values));
    }
    const halves = Uint16Array.from(new Uint16Array(Float16Array.from(values).buffer));
    const stored = this.#initializer(`${unique}/half`, dims, DATA_TYPES.float16, bytesOf(halves));
    return this.node("Cast", [stored], { to: DATA_TYPES.float32 });
  }

  /** A constant of one float. */
  float(value: number): string {
    return this.#once(`float ${value}`, () => this.floats(Float32Array.of(value), []));
  }

  /** A constant of whole numbers (int64), a scalar if it is given a number. */
  integers(values: number | readonly number[]): string {
    return this.#once(`int64 ${JSON.stringify(values)}`, () => {
      const list = typeof values === "number" ? [values] : values;
      const bytes = bytesOf(BigInt64Array.from(list, BigInt));
      const dims = typeof values === "number" ? [] : [list.length];
      return this.#initializer(this.#nextName("integers"), dims, DATA_TYPES.int64, bytes);
    });
  }

  /** A constant of another type. */
  constant(values: Int32Array | Uint8Array, dims: readonly number[]): string {
    const type = values instanceof Int32Array ? DATA_TYPES.int32 : DATA_TYPES.bool;
    return this.#initializer(this.#nextName("constant"), dims, type, bytesOf(values));
  }

  /** A vector of extents (int64): a constant where they are, else computed from the input's shape. */
  extents(extents: readonly Extent[]): string {
    const constants = extents.map(constantOf);
    if (constants.every((value) => value !== undefined)) return this.integers(constants);
    const parts = extents.map((extent) =>
      this.#once(`vector ${JSON.stringify(extent)}`, () => {
        const constant = constantOf(extent);
        return constant === undefined
          ? this.node("Unsqueeze", [this.#extent(extent), this.integers([0])])
          : this.integers([constant]);
      })
    );
    return this.node("Concat", parts, { axis: 0 });
  }

  #extent({ terms, divisor }: Extent): string {
    const products = terms.map(({ coefficient, variables }) =>
      variables.reduce(
        (product, name) => this.node("Mul", [product, this.#variable(name)]),
        this.integers(coefficient),
      )
    );
    const sum = products.reduce((total, product) => this.node("Add", [total, product]));
    return divisor === 1 ? sum : this.node("Div", [sum, this.integers(divisor)]);
  }

  #variable(name: keyof BatchSize): string {
    return this.#once(`variable ${name}`, () => {
      const shape = this.#once("shape", () => this.node("Shape", [this.input]));
      const axis = { batch: 0, height: 1, width: 2 }[name];
      return this.node("Gather", [shape, this.integers(axis)], { axis: 0 });
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.#known.set(key, name);
    return name;
  }

  #initializer(
    name: string,
    dims: readonly number[],
    dataType: number,
    rawData: Uint8Array,
  ): string {
    this.initializers.push({ name, dims, dataType, rawData });
    return name;
  }

  #isTaken(name: string): boolean {
    return this.initializers.some((known) => known.name === name || known.name === `${name}/half`);
  }

  #nextName(kind: string): string {
    return `${kind}_${++this.#count}`;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function attributeOf(name: string, value: NonNullable<Attributes[string]>) {
  if (typeof value === "number") return { name, type: ATTRIBUTE_TYPES.int, i: value };
  if (typeof value === "string") {
    return { name, type: ATTRIBUTE_TYPES.string, s: new TextEncoder().encode(value) };
  }
  if ("float" in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
  return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
}
