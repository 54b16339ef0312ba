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

/** Patches are made in blocks of about as many numbers (4 MiB), which a cache may hold. */
const BLOCK_LENGTH = 2 ** 20;

/** How many taps (or output positions) of `each` numbers make a block. */
function perBlock(each: number): number {
  return Math.max(1, Math.floor(BLOCK_LENGTH / each));
}

/** Calls `visit` for `total` things in blocks of at most `size`. */
function eachBlock(
  total: number,
  size: number,
  visit: (first: number, count: number) => void,
): void {
  for (let first = 0; first < total; first += size) visit(first, Math.min(size, total - first));
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
  const b = matrixOf(backend, filter, depth, columns);
  const positions = positionsOf(conv), block = Math.min(perBlock(depth), positions);
  withScratch(backend, [block * depth], (patches) => {
    eachBlock(positions, block, (first, count) => {
      gatherPatches(floatsOf(backend, x), floatsOf(backend, patches), conv, first, count);
      withRows(
        backend,
        y,
        { first, count, columns },
        (rows) => multiply(backend, matrixOf(backend, patches, count, depth), b, rows),
      );
    });
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

/** dx: (filter × dyᵀ), some taps at a time, each added where the tap looked. */
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
