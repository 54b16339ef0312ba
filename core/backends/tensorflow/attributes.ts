/** Sets the attributes of operations, given in tfjs-node's form. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { cString, pointersTo } from "./c_strings.ts";
import { AttributeType } from "./dtypes.ts";
import type { Runtime } from "./runtime.ts";
import { toDimensions } from "./values.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An operation that runs at once, or a node of a graph. */
export interface Attributed {
  /** Prefix of the C functions that set its attributes. */
  readonly api: "TFE_Op" | "TF_";
  readonly pointer: Deno.PointerObject;
}

type Setter = (runtime: Runtime, to: Attributed, name: Bytes, value: unknown) => void;

/** How one kind of attribute is set, alone and as a list. */
interface Kind {
  readonly expects: string;
  fits(value: unknown): boolean;
  readonly set: Setter;
  readonly setList: Setter;
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(Number.isInteger);
const utf8 = (text: unknown): Bytes => cString(text as string);
// tfjs gives fractions for some seeds, and cuts them off as C does.
const toInt = (value: unknown): bigint => BigInt(Math.trunc(value as number));

const string: Kind = {
  expects: "a string",
  fits: (value) => typeof value === "string",
  set: ({ api }, to, name, value) => {
    const bytes = utf8(value);
    api[`${to.api}SetAttrString`](to.pointer, name, bytes, BigInt(bytes.length - 1));
  },
  setList: ({ api }, to, name, value) => {
    const texts = (value as string[]).map(utf8);
    const lengths = BigUint64Array.from(texts, (text) => BigInt(text.length - 1));
    api[`${to.api}SetAttrStringList`](to.pointer, name, pointersTo(texts), lengths, texts.length);
  },
};

const int: Kind = {
  expects: "a number",
  fits: (value) => isNumber(value) && Number.isFinite(value),
  set: ({ api }, to, name, value) => api[`${to.api}SetAttrInt`](to.pointer, name, toInt(value)),
  setList: ({ api }, to, name, value) => {
    const values = BigInt64Array.from(value as number[], toInt);
    api[`${to.api}SetAttrIntList`](to.pointer, name, values, values.length);
  },
};

const float: Kind = {
  expects: "a number",
  fits: isNumber,
  set: ({ api }, to, name, value) =>
    api[`${to.api}SetAttrFloat`](to.pointer, name, value as number),
  setList: ({ api }, to, name, value) => {
    const values = Float32Array.from(value as number[]);
    api[`${to.api}SetAttrFloatList`](to.pointer, name, values, values.length);
  },
};

const bool: Kind = {
  expects: "a boolean",
  fits: (value) => typeof value === "boolean",
  set: ({ api }, to, name, value) =>
    api[`${to.api}SetAttrBool`](to.pointer, name, value === true ? 1 : 0),
  setList: ({ api }, to, name, value) => {
    const values = Uint8Array.from(value as boolean[], Number);
    api[`${to.api}SetAttrBoolList`](to.pointer, name, values, values.length);
  },
};

const type: Kind = {
  expects: "the number of a data type",
  fits: Number.isInteger,
  set: ({ api }, to, name, value) => api[`${to.api}SetAttrType`](to.pointer, name, value as number),
  setList: ({ api }, to, name, value) => {
    const values = Int32Array.from(value as number[]);
    api[`${to.api}SetAttrTypeList`](to.pointer, name, values, values.length);
  },
};

const shape: Kind = {
  expects: "a shape",
  fits: isShape,
  set: ({ api, status }, to, name, value) => {
    const dimensions = toDimensions(value as number[]);
    const rank = dimensions.length;
    if (to.api === "TF_") return api.TF_SetAttrShape(to.pointer, name, dimensions, rank);
    api.TFE_OpSetAttrShape(to.pointer, name, dimensions, rank, status.pointer);
    status.check(() => `set a shape to [${value}]`);
  },
  setList: ({ api, status }, to, name, value) => {
    const shapes = (value as number[][]).map(toDimensions);
    const ranks = Int32Array.from(shapes, (dimensions) => dimensions.length);
    const pointers = pointersTo(shapes);
    const count = shapes.length;
    if (to.api === "TF_") return api.TF_SetAttrShapeList(to.pointer, name, pointers, ranks, count);
    api.TFE_OpSetAttrShapeList(to.pointer, name, pointers, ranks, count, status.pointer);
    status.check(() => `set shapes to ${JSON.stringify(value)}`);
  },
};

const kinds: Readonly<Record<number, Kind>> = {
  [AttributeType.string]: string,
  [AttributeType.int]: int,
  [AttributeType.float]: float,
  [AttributeType.bool]: bool,
  [AttributeType.type]: type,
  [AttributeType.shape]: shape,
};

/** An attribute that names a data type. */
export function typeAttribute(name: string, dtype: number): TFEOpAttr {
  return { name, type: AttributeType.type, value: dtype };
}

/**
 * Sets one attribute.
 *
 * @throws {TypeError} If the value does not have the attribute's type.
 */
export function setAttribute(
  runtime: Runtime,
  to: Attributed,
  { name, type: code, value }: TFEOpAttr,
): void {
  const kind = kinds[code];
  if (kind === undefined) {
    throw new TypeError(`Cannot set attribute "${name}": its type ${code} is unknown`);
  }
  if (kind.fits(value)) kind.set(runtime, to, cString(name), value);
  else if (Array.isArray(value) && value.every(kind.fits)) {
    kind.setList(runtime, to, cString(name), value);
  } else {
    throw new TypeError(
      `Cannot set attribute "${name}" to ${JSON.stringify(value)}: expected ${kind.expects} ` +
        "or a list of them",
    );
  }
}
