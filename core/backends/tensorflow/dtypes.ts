/** TensorFlow's data types, as far as tfjs knows them. */

/** Codes of `TF_DataType`. */
export const DType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
} as const;

/** Codes of `TF_AttrType`. */
export const AttributeType = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
} as const;

const names = new Map<number, string>(Object.entries(DType).map(([name, code]) => [code, name]));

/** A tensor's type and shape as messages give them, e.g. `float32[1, 256, 256, 3]`. */
export function describeTensor(dtype: number, shape: readonly number[]): string {
  return `${names.get(dtype) ?? `type ${dtype}`}[${shape.join(", ")}]`;
}
