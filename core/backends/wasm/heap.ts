/** Tensors in the wasm module's memory, and matrix products of them. */
import type { TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/** A matrix in wasm's memory: a tensor or some of its rows. */
export interface Matrix {
  /** Its id in compiled kernels. */
  readonly id: number;
  readonly rows: number;
  readonly columns: number;
}

type Multiply = (
  a: number,
  aShape: Uint8Array,
  aRank: number,
  b: number,
  bShape: Uint8Array,
  bRank: number,
  transposeA: number,
  transposeB: number,
  product: number,
) => void;

/** The used part of the compiled module, whose own types do not resolve. */
export interface WasmModule {
  _malloc(bytes: number): number;
  readonly HEAPU8: Uint8Array;
  /** Wraps an exported function. */
  cwrap(name: string, returns: null | "number", parameters: readonly ("number" | "array")[]): never;
  /** The functions that tfjs' backend calls; set by `loadModule`. */
  tfjs: BackendWasm["wasm"]["tfjs"];
}

/** The compiled module of a backend. */
export function moduleOf(backend: BackendWasm): WasmModule {
  return backend.wasm as unknown as WasmModule;
}

const multiplyOf = new WeakMap<object, Multiply>();

function compiledMultiply(backend: BackendWasm): Multiply {
  let multiply = multiplyOf.get(backend.wasm);
  if (multiply === undefined) {
    const matrix = ["number", "array", "number"] as const;
    const flags = ["number", "number"] as const;
    multiply = moduleOf(backend).cwrap("BatchMatMul", null, [
      ...matrix,
      ...matrix,
      ...flags,
      "number",
    ]) as Multiply;
    multiplyOf.set(backend.wasm, multiply);
  }
  return multiply;
}

function shapeBytes({ rows, columns }: Matrix): Uint8Array {
  return new Uint8Array(Int32Array.of(1, rows, columns).buffer);
}

/**
 * product = a b.
 *
 * The module caches the packed `b` as long as its tensor lives, so `b` must not change between
 * products.
 */
export function multiply(backend: BackendWasm, a: Matrix, b: Matrix, product: Matrix): void {
  compiledMultiply(backend)(
    a.id,
    shapeBytes(a),
    3,
    b.id,
    shapeBytes(b),
    3,
    0,
    0,
    product.id,
  );
}

/** A tensor as a matrix. */
export function matrixOf(
  backend: BackendWasm,
  tensor: TensorInfo,
  rows: number,
  columns: number,
): Matrix {
  return { id: backend.dataIdMap.get(tensor.dataId).id, rows, columns };
}

// The backend counts its own tensors from 1.
let nextView = 2 ** 30;

/** Calls `use` with `count` rows of a tensor, without copying them. */
export function withRows(
  backend: BackendWasm,
  tensor: TensorInfo,
  { first, count, columns }: { first: number; count: number; columns: number },
  use: (rows: Matrix) => void,
): void {
  const id = nextView++;
  const bytes = first * columns * Float32Array.BYTES_PER_ELEMENT;
  const offset = backend.getMemoryOffset(tensor.dataId) + bytes;
  backend.wasm.tfjs.registerTensor(id, count * columns, offset);
  try {
    use({ id, rows: count, columns });
  } finally {
    backend.wasm.tfjs.disposeData(id);
  }
}

/**
 * A view of a tensor's values, valid until the next tensor is made, which may move the memory.
 */
export function floatsOf(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** Calls `use` with new tensors of these lengths, then frees them. */
export function withScratch<T>(
  backend: BackendWasm,
  lengths: readonly number[],
  use: (...scratch: TensorInfo[]) => T,
): T {
  const scratch: TensorInfo[] = [];
  try {
    for (const length of lengths) scratch.push(backend.makeOutput([length], "float32"));
    return use(...scratch);
  } finally {
    for (const { dataId } of scratch) backend.disposeData(dataId);
  }
}
