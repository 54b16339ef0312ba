/** Attributes of an operation, from tfjs-node's form to TensorFlow's. */
import type { TFEOpAttr } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { cString, pointersTo } from "./c_strings.ts";
import { AttributeType } from "./dtypes.ts";
import type { Runtime } from "./runtime.ts";
import { toDimensions } from "./values.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Setter = (runtime: Runtime, op: Deno.PointerObject, name: Bytes, value: unknown) => void;

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
  set: ({ api }, op, name, value) => {
    const bytes = utf8(value);
    api.TFE_OpSetAttrString(op, name, bytes, BigInt(bytes.length - 1));
  },
  setList: ({ api }, op, name, value) => {
    const texts = (value as string[]).map(utf8);
    const lengths = BigUint64Array.from(texts, (text) => BigInt(text.length - 1));
    api.TFE_OpSetAttrStringList(op, name, pointersTo(texts), lengths, texts.length);
  },
};

const int: Kind = {
  expects: "a number",
  fits: (value) => isNumber(value) && Number.isFinite(value),
  set: ({ api }, op, name, value) => api.TFE_OpSetAttrInt(op, name, toInt(value)),
  setList: ({ api }, op, name, value) => {
    const values = BigInt64Array.from(value as number[], toInt);
    api.TFE_OpSetAttrIntList(op, name, values, values.length);
  },
};

const float: Kind = {
  expects: "a number",
  fits: isNumber,
  set: ({ api }, op, name, value) => api.TFE_OpSetAttrFloat(op, name, value as number),
  setList: ({ api }, op, name, value) => {
    const values = Float32Array.from(value as number[]);
    api.TFE_OpSetAttrFloatList(op, name, values, values.length);
  },
};

const bool: Kind = {
  expects: "a boolean",
  fits: (value) => typeof value === "boolean",
  set: ({ api }, op, name, value) => api.TFE_OpSetAttrBool(op, name, value === true ? 1 : 0),
  setList: ({ api }, op, name, value) => {
    const values = Uint8Array.from(value as boolean[], Number);
    api.TFE_OpSetAttrBoolList(op, name, values, values.length);
  },
};

const type: Kind = {
  expects: "the number of a data type",
  fits: Number.isInteger,
  set: ({ api }, op, name, value) => api.TFE_OpSetAttrType(op, name, value as number),
  setList: ({ api }, op, name, value) => {
    const values = Int32Array.from(value as number[]);
    api.TFE_OpSetAttrTypeList(op, name, values, values.length);
  },
};

const shape: Kind = {
  expects: "a shape",
  fits: isShape,
  set: ({ api, status }, op, name, value) => {
    const dimensions = toDimensions(value as number[]);
    api.TFE_OpSetAttrShape(op, name, dimensions, dimensions.length, status.pointer);
    status.check(() => `set a shape to [${value}]`);
  },
  setList: ({ api, status }, op, name, value) => {
    const shapes = (value as number[][]).map(toDimensions);
    const ranks = Int32Array.from(shapes, (dimensions) => dimensions.length);
    const { pointer } = status;
    api.TFE_OpSetAttrShapeList(op, name, pointersTo(shapes), ranks, shapes.length, pointer);
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

/**
 * Sets one attribute of a `TFE_Op`.
 *
 * @throws {TypeError} If the value is not what the attribute's type says; TensorFlow would read it
 * as something else.
 */
export function setAttribute(
  runtime: Runtime,
  op: Deno.PointerObject,
  { name, type: code, value }: TFEOpAttr,
): void {
  const kind = kinds[code];
  if (kind === undefined) {
    throw new TypeError(`Cannot set attribute "${name}": its type ${code} is unknown`);
  }
  if (kind.fits(value)) kind.set(runtime, op, cString(name), value);
  else if (Array.isArray(value) && value.every(kind.fits)) {
    kind.setList(runtime, op, cString(name), value);
  } else {
    throw new TypeError(
      `Cannot set attribute "${name}" to ${JSON.stringify(value)}: ${kind.expects} is expected, ` +
        "or a list of such",
    );
  }
}
