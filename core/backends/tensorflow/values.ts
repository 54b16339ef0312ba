/** The values of tensors between JavaScript's arrays and TensorFlow's memory. */
import type { backend_util } from "@tensorflow/tfjs";
import { describeTensor, DType } from "./dtypes.ts";
import { present } from "./runtime.ts";
import type { TensorflowApi } from "./symbols.ts";

/** What tfjs hands over and expects back: an array of numbers, or of bytes for each string. */
export type Values = backend_util.BackendValues;

type Numbers = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** Bytes of a `TF_TString`. */
const STRING_SIZE = 24;

/** `[dimensions]` as C's `int64_t*`. */
export function toDimensions(shape: readonly number[]): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(shape, BigInt);
}

function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/**
 * A new `TF_Tensor` of numbers, for the caller to delete.
 *
 * int64 is taken as BigInt64Array or, as tfjs-node encodes it, as pairs of int32.
 *
 * @throws {TypeError} If the values are not of the type, or not as many as the shape says.
 */
export function newNumberTensor(
  api: TensorflowApi,
  shape: readonly number[],
  dtype: number,
  values: Numbers,
): Deno.PointerObject {
  const bytes = bytesOf(shape, dtype, values);
  const size = BigInt(bytes.length);
  const tensor = present(api.TF_AllocateTensor(dtype, toDimensions(shape), shape.length, size));
  if (bytes.length > 0) {
    const memory = present(api.TF_TensorData(tensor));
    new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(memory, bytes.length)).set(bytes);
  }
  return tensor;
}

function bytesOf(shape: readonly number[], dtype: number, values: Numbers): Uint8Array {
  const size = sizeOf(shape);
  const expected = expectedLength(dtype, size, values);
  if (expected !== values.length) {
    const found = `${values.constructor.name} of ${values.length}`;
    throw new TypeError(
      `Cannot make a tensor ${describeTensor(dtype, shape)} of ${size} values from ${found}: ` +
        (expected === undefined ? "the array has another type" : `expected ${expected}`),
    );
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function expectedLength(dtype: number, size: number, values: Numbers): number | undefined {
  switch (dtype) {
    case DType.float32:
      return values instanceof Float32Array ? size : undefined;
    case DType.complex64:
      return values instanceof Float32Array ? 2 * size : undefined;
    case DType.int32:
      return values instanceof Int32Array ? size : undefined;
    case DType.int64:
      if (values instanceof BigInt64Array) return size;
      return values instanceof Int32Array ? 2 * size : undefined;
    case DType.bool:
    case DType.uint8:
      return values instanceof Uint8Array ? size : undefined;
    default:
      return undefined;
  }
}

/**
 * A new `TF_Tensor` of strings, which holds copies. {@link deleteStringTensor} frees them; TensorFlow
 * itself forgets them when the last to hold such a tensor is a handle.
 *
 * @throws {TypeError} If there are not as many as the shape says.
 */
export function newStringTensor(
  api: TensorflowApi,
  shape: readonly number[],
  values: readonly Uint8Array[],
): Deno.PointerObject {
  const size = sizeOf(shape);
  if (size !== values.length) {
    throw new TypeError(
      `Cannot make a tensor ${describeTensor(DType.string, shape)} of ${size} values from ` +
        `${values.length} strings`,
    );
  }
  const tensor = present(
    api.TF_AllocateTensor(
      DType.string,
      toDimensions(shape),
      shape.length,
      BigInt(size * STRING_SIZE),
    ),
  );
  const data = api.TF_TensorData(tensor);
  values.forEach((value, i) => {
    const string = stringAt(data, i);
    api.TF_StringInit(string);
    api.TF_StringCopy(string, Uint8Array.from(value), BigInt(value.length));
  });
  return tensor;
}

/** Deletes what {@link newStringTensor} made, strings and all. */
export function deleteStringTensor(
  api: TensorflowApi,
  tensor: Deno.PointerObject,
  count: number,
): void {
  const data = api.TF_TensorData(tensor);
  for (let i = 0; i < count; i++) api.TF_StringDealloc(stringAt(data, i));
  api.TF_DeleteTensor(tensor);
}

function stringAt(data: Deno.PointerValue, index: number): Deno.PointerValue {
  return Deno.UnsafePointer.offset(present(data), index * STRING_SIZE);
}

/**
 * A copy of a `TF_Tensor`'s values, in the array that tfjs expects: it calls uint8 and int64 int32,
 * complex64 comes as pairs of real and imaginary parts, and a resource as its bytes.
 *
 * @throws {RangeError} If an int64 does not fit into int32.
 */
export function readValues(
  api: TensorflowApi,
  tensor: Deno.PointerObject,
  dtype: number,
): Values {
  if (dtype === DType.string) return readStrings(api, tensor);
  const bytes = new Uint8Array(Number(api.TF_TensorByteSize(tensor)));
  if (bytes.length > 0) {
    Deno.UnsafePointerView.copyInto(present(api.TF_TensorData(tensor)), bytes);
  }
  switch (dtype) {
    case DType.float32:
    case DType.complex64:
      return new Float32Array(bytes.buffer);
    case DType.int32:
      return new Int32Array(bytes.buffer);
    case DType.int64:
      return Int32Array.from(new BigInt64Array(bytes.buffer), toInt32);
    case DType.uint8:
      return Int32Array.from(bytes);
    case DType.bool:
    case DType.resource:
      return bytes;
    default:
      throw new TypeError(`Cannot read a tensor of type ${dtype}: tfjs has no such type`);
  }
}

function toInt32(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) {
    throw new RangeError(
      `Cannot read the int64 ${value}: tfjs holds it as int32, and it is too large`,
    );
  }
  return Number(value);
}

function readStrings(api: TensorflowApi, tensor: Deno.PointerObject): Uint8Array[] {
  const data = api.TF_TensorData(tensor);
  return Array.from({ length: Number(api.TF_TensorElementCount(tensor)) }, (_, i) => {
    const string = stringAt(data, i);
    const bytes = new Uint8Array(Number(api.TF_StringGetSize(string)));
    if (bytes.length > 0) {
      Deno.UnsafePointerView.copyInto(present(api.TF_StringGetDataPointer(string)), bytes);
    }
    return bytes;
  });
}
