/** Convolutions and their gradients as matrix products, in the memory of tfjs' wasm backend. */
import type { TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { floatsOf, matrixOf, multiply, withRows, withScratch } from "./heap.ts";
import {
  type Convolution,
  fromPlanes,
  gatherPatches,
  gatherTap,
  planesLength,
  positionsOf,
  scatterTap,
  tapsOf,
  toPlanes,
  transpose,
} from "./patches.ts";

/** Numbers per block of patches (4 MiB), which fits a cache. */
const BLOCK_LENGTH = 2 ** 20;

/** Taps (or output positions) of `each` numbers per block. */
function perBlock(each: number): number {
  return Math.max(1, Math.floor(BLOCK_LENGTH / each));
}

/** Calls `visit` for blocks of at most `size` of `total` items. */
function eachBlock(
  total: number,
  size: number,
  visit: (first: number, count: number) => void,
): void {
  for (let first = 0; first < total; first += size) visit(first, Math.min(size, total - first));
}

/**
 * Columns of a filter per product. XNNPACK packs the right-hand matrix eight columns at a time, from
 * first row to last; each row of a whole filter lies in its own page, and packing it would take longer
 * than the product.
 */
const COLUMNS = 64;

/** Copies columns of `[rows, columns]`, from `first`, into `[rows, count]`. */
function copyColumns(
  matrix: Float32Array,
  block: Float32Array,
  { columns, first, count }: { columns: number; first: number; count: number },
): void {
  for (let from = first, to = 0; to < block.length; from += columns, to += count) {
    for (let i = 0; i < count; i++) block[to + i] = matrix[from + i]!;
  }
}

/** Copies `[rows, count]` into columns of `[rows, columns]`, from `first`. */
function putColumns(
  block: Float32Array,
  matrix: Float32Array,
  { columns, first, count }: { columns: number; first: number; count: number },
): void {
  for (let from = 0, to = first; from < block.length; from += count, to += columns) {
    for (let i = 0; i < count; i++) matrix[to + i] = block[from + i]!;
  }
}

/** y = patches × filter. */
export function convolve(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const depth = tapsOf(conv) * conv.inChannels, columns = conv.outChannels;
  const y = backend.makeOutput(conv.outShape, "float32");
  const positions = positionsOf(conv), block = Math.min(perBlock(depth), positions);
  const parts: { columns: number; first: number; count: number }[] = [];
  eachBlock(columns, COLUMNS, (first, count) => parts.push({ columns, first, count }));
  const lengths = [block * depth, block * COLUMNS, ...parts.map(({ count }) => depth * count)];
  withScratch(backend, lengths, (patches, product, ...filters) => {
    parts.forEach((part, i) =>
      copyColumns(floatsOf(backend, filter), floatsOf(backend, filters[i]!), part)
    );
    eachBlock(positions, block, (first, rows) => {
      gatherPatches(floatsOf(backend, x), floatsOf(backend, patches!), conv, first, rows);
      const a = matrixOf(backend, patches!, rows, depth);
      parts.forEach((part, i) => {
        const b = matrixOf(backend, filters[i]!, depth, part.count);
        multiply(backend, a, b, matrixOf(backend, product!, rows, part.count));
        const values = floatsOf(backend, product!).subarray(0, rows * part.count);
        putColumns(values, floatsOf(backend, y).subarray(first * columns), part);
      });
    });
  });
  return y;
}

/**
 * yᵀ = filterᵀ × patchesᵀ, some output channels at a time: {@link convolve} for few positions, where
 * packing patches is cheaper than packing the filter.
 */
export function convolveFew(
  backend: BackendWasm,
  x: TensorInfo,
  filter: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const { inChannels, outChannels } = conv;
  const taps = tapsOf(conv), positions = positionsOf(conv);
  const depth = taps * inChannels, each = inChannels * positions;
  const y = backend.makeOutput(conv.outShape, "float32");
  const block = Math.min(perBlock(depth), outChannels);
  const lengths = [planesLength(conv), taps * each, block * depth, outChannels * positions];
  withScratch(backend, lengths, (planes, patches, filters, product) => {
    toPlanes(floatsOf(backend, x), floatsOf(backend, planes!), conv);
    const all = floatsOf(backend, patches!);
    for (let tap = 0; tap < taps; tap++) {
      gatherTap(floatsOf(backend, planes!), all.subarray(tap * each), conv, tap);
    }
    const b = matrixOf(backend, patches!, depth, positions);
    eachBlock(outChannels, block, (first, count) => {
      const rest = floatsOf(backend, filter).subarray(first);
      transpose(rest, floatsOf(backend, filters!), depth, count, outChannels);
      withRows(
        backend,
        product!,
        { first, count, columns: positions },
        (rows) => multiply(backend, matrixOf(backend, filters!, count, depth), b, rows),
      );
    });
    transpose(floatsOf(backend, product!), floatsOf(backend, y), outChannels, positions);
  });
  return y;
}

/** dfilter = patchesᵀ × dy, some taps at a time. */
export function filterGradient(
  backend: BackendWasm,
  x: TensorInfo,
  dy: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const { inChannels, outChannels, filterShape } = conv;
  const positions = positionsOf(conv), each = inChannels * positions;
  const block = Math.min(perBlock(each), tapsOf(conv));
  const gradient = backend.makeOutput([...filterShape], "float32");
  const b = matrixOf(backend, dy, positions, outChannels);
  withScratch(backend, [planesLength(conv), block * each], (planes, seen) => {
    toPlanes(floatsOf(backend, x), floatsOf(backend, planes), conv);
    eachBlock(tapsOf(conv), block, (first, count) => {
      const all = floatsOf(backend, seen);
      for (let tap = 0; tap < count; tap++) {
        gatherTap(floatsOf(backend, planes), all.subarray(tap * each), conv, first + tap);
      }
      const rows = { first: first * inChannels, count: count * inChannels, columns: outChannels };
      withRows(
        backend,
        gradient,
        rows,
        (product) =>
          multiply(backend, matrixOf(backend, seen, product.rows, positions), b, product),
      );
    });
  });
  return gradient;
}

/** dx: filter × dyᵀ, some taps at a time, each added at the positions that the tap sees. */
export function inputGradient(
  backend: BackendWasm,
  dy: TensorInfo,
  filter: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const { inChannels, outChannels } = conv;
  const positions = positionsOf(conv), each = inChannels * positions;
  const block = Math.min(perBlock(each), tapsOf(conv));
  const dx = backend.makeOutput([...conv.inShape], "float32");
  const lengths = [positions * outChannels, block * each, planesLength(conv)];
  withScratch(backend, lengths, (dyTransposed, shares, planes) => {
    transpose(floatsOf(backend, dy), floatsOf(backend, dyTransposed), positions, outChannels);
    const b = matrixOf(backend, dyTransposed, outChannels, positions);
    floatsOf(backend, planes).fill(0);
    eachBlock(tapsOf(conv), block, (first, count) => {
      const rows = { first: first * inChannels, count: count * inChannels, columns: outChannels };
      withRows(
        backend,
        filter,
        rows,
        (a) => multiply(backend, a, b, matrixOf(backend, shares, a.rows, positions)),
      );
      const all = floatsOf(backend, shares);
      for (let tap = 0; tap < count; tap++) {
        scatterTap(all.subarray(tap * each), floatsOf(backend, planes), conv, first + tap);
      }
    });
    fromPlanes(floatsOf(backend, planes), floatsOf(backend, dx), conv);
  });
  return dx;
}
