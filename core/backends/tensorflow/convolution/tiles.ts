/**
 * Convolutions by Toom-Cook tiles (Winograd): fewer multiplications, and rounding a few times larger.
 *
 * A tile of m x m outputs sees n x n inputs, n = m + r - 1, and takes n² multiplications for each
 * pair of channels instead of m²·r². A stride of 2 splits the picture and the kernel into their four
 * phases, which are channels of a convolution of stride 1 with r = kernel / 2. With `tiles` tiles
 * over the whole batch, all of it is products of matrices:
 *
 * - V = Bᵀ x, `[n², tiles, channels]`, from the input,
 * - U = G filter, `[n², channels, outChannels]`, from the filter,
 * - W = A dy, `[n², tiles, outChannels]`, from the output's gradient,
 * - y = Aᵀ (V U), dx = B (W Uᵀ) with overlaps added, dfilter = Gᵀ (Vᵀ W).
 *
 * A compiled function computes what two products share once: V, U and W each serve two of them, and
 * U every picture that D sees.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Rank, Tensor3D, Tensor4D } from "@tensorflow/tfjs";
import { cookToom, hasTransforms, type Matrix } from "./cook_toom.ts";
import { type Backend, type Convolution, fitted, matrixProduct } from "./operations.ts";

/** Outputs of a tile along each axis. */
export type TileSize = 2 | 3 | 4;

/** How one convolution is cut into tiles. */
interface Tiling {
  readonly stride: number;
  /** Outputs, taps and inputs of a tile along each axis. */
  readonly m: number;
  readonly r: number;
  readonly n: number;
  /** Tiles of a picture along each axis, and of the batch. */
  readonly down: number;
  readonly across: number;
  readonly tiles: number;
  /** Channels of the input, its phases being channels. */
  readonly channels: number;
}

/** Whether tiles of a size fit: square kernels of whole strides of 1 or 2, and points for them. */
export function fitTiles(m: TileSize, conv: Convolution): boolean {
  const { strideHeight: stride, strideWidth, filterHeight, filterWidth } = conv;
  return stride <= 2 && stride === strideWidth && filterHeight === filterWidth &&
    filterHeight % stride === 0 && filterHeight > stride &&
    hasTransforms(m, filterHeight / stride);
}

function tilingOf(m: TileSize, conv: Convolution): Tiling {
  const { strideHeight: stride, outHeight, outWidth, batchSize } = conv;
  const r = conv.filterHeight / stride;
  const down = Math.ceil(outHeight / m), across = Math.ceil(outWidth / m);
  const tiles = batchSize * down * across;
  return {
    stride,
    m,
    r,
    n: m + r - 1,
    down,
    across,
    tiles,
    channels: stride * stride * conv.inChannels,
  };
}

/** The three products by tiles of one size. */
export function byTiles(m: TileSize): {
  forward(backend: Backend, x: Tensor4D, filter: Tensor4D, conv: Convolution): Tensor4D;
  inputGradient(backend: Backend, dy: Tensor4D, filter: Tensor4D, conv: Convolution): Tensor4D;
  filterGradient(backend: Backend, x: Tensor4D, dy: Tensor4D, conv: Convolution): Tensor4D;
} {
  return {
    forward: (backend, x, filter, conv) => {
      const tiling = tilingOf(m, conv), { tiles } = tiling;
      const V = inputTiles(backend, x, conv, tiling),
        U = filterTiles(backend, filter, conv, tiling);
      const A = squared(cookToom(m, tiling.r).A);
      const made = transformed(backend, transposed(A), tf.matMul<Tensor3D>(V, U));
      const y = tf.reshape<Rank.R2>(made, [m * m * tiles, conv.outChannels]);
      return tf.reshape(tf.gather(y, outputPlaces(conv, tiling)), conv.outShape);
    },

    inputGradient: (backend, dy, filter, conv) => {
      const tiling = tilingOf(m, conv), { tiles, stride } = tiling;
      const W = gradientTiles(backend, dy, conv, tiling);
      const U = filterTiles(backend, filter, conv, tiling);
      const B = transposed(squared(cookToom(m, tiling.r).B));
      // Zeros at the end, for pixels that no tile sees.
      const zeros = B.map(() => 0);
      const given = transformed(backend, [...B, zeros], tf.matMul<Tensor3D>(W, U, false, true));
      const rows = (B.length + 1) * tiles * stride * stride;
      const pixels = tf.reshape<Rank.R2>(given, [rows, conv.inChannels]);
      const parts = inputPlaces(conv, tiling).map((places) => tf.gather(pixels, places));
      return tf.reshape(parts.length === 1 ? parts[0]! : tf.addN(parts), conv.inShape);
    },

    filterGradient: (backend, x, dy, conv) => {
      const tiling = tilingOf(m, conv);
      const V = inputTiles(backend, x, conv, tiling), W = gradientTiles(backend, dy, conv, tiling);
      const parts = partsOf(tiling);
      const dU = tf.matMul<Tensor3D>(inParts(V, parts), inParts(W, parts), true, false);
      const matrix = transposed(forParts(filterTransform(tiling), parts, tiling));
      const taps = tf.reshape<Rank.R2>(dU, [matrix[0]!.length, -1]);
      return tf.reshape(
        matrixProduct(backend, tf.tensor2d(matrix.map((row) => [...row])), taps),
        conv.filterShape,
      );
    },
  };
}

/** V. */
function inputTiles(backend: Backend, x: Tensor4D, conv: Convolution, tiling: Tiling): Tensor3D {
  const { m, r, n, stride, down, across, tiles, channels } = tiling;
  const height = down * m + r - 1, width = across * m + r - 1;
  const seen = fitted(x, height * stride, width * stride, conv);
  // Each line of pixels in steps of the stride: phases along it are neighbours.
  const lines = tf.reshape<Rank.R2>(seen, [-1, stride * conv.inChannels]);
  const places = indices([n, n, conv.batchSize, down, across, stride], ([i, j, b, ty, tx, p]) => {
    const line = (b! * height + ty! * m + i!) * stride + p!;
    return line * width + tx! * m + j!;
  });
  const cut = tf.reshape<Rank.R3>(tf.gather(lines, places), [n * n, tiles, channels]);
  return transformed(backend, squared(cookToom(m, r).B), cut);
}

/** U. */
function filterTiles(
  backend: Backend,
  filter: Tensor4D,
  conv: Convolution,
  tiling: Tiling,
): Tensor3D {
  const { n, channels } = tiling;
  const { filterHeight, filterWidth, inChannels, outChannels } = conv;
  const taps = tf.reshape<Rank.R2>(filter, [filterHeight * filterWidth, inChannels * outChannels]);
  const matrix = tf.tensor2d(filterTransform(tiling).map((row) => [...row]));
  return tf.reshape(matrixProduct(backend, matrix, taps), [n * n, channels, outChannels]);
}

/** W. */
function gradientTiles(
  backend: Backend,
  dy: Tensor4D,
  conv: Convolution,
  tiling: Tiling,
): Tensor3D {
  const { m, r, down, across, tiles } = tiling;
  const { batchSize, outHeight, outWidth, outChannels } = conv;
  const height = down * m, width = across * m;
  const isWhole = height === outHeight && width === outWidth;
  const full = isWhole
    ? dy
    : tf.pad4d(dy, [[0, 0], [0, height - outHeight], [0, width - outWidth], [0, 0]]);
  const pixels = tf.reshape<Rank.R2>(full, [-1, outChannels]);
  const places = indices(
    [m, m, batchSize, down, across],
    ([i, j, b, ty, tx]) => (b! * height + ty! * m + i!) * width + tx! * m + j!,
  );
  const cut = tf.reshape<Rank.R3>(tf.gather(pixels, places), [m * m, tiles, outChannels]);
  return transformed(backend, squared(cookToom(m, r).A), cut);
}

/** For each output position, the row of `[m, m, tiles]` that has it. */
function outputPlaces(conv: Convolution, { m, down, across, tiles }: Tiling): tf.Tensor1D {
  return indices([conv.batchSize, conv.outHeight, conv.outWidth], ([b, y, x]) => {
    const tile = (b! * down + Math.floor(y! / m)) * across + Math.floor(x! / m);
    return (y! % m * m + x! % m) * tiles + tile;
  });
}

/**
 * For each pixel of the input, the rows of `[n, n, tiles, stride, stride]` that add up to it: a list
 * for each way in which tiles overlap, with the row after all others if no tile sees it.
 */
function inputPlaces(conv: Convolution, tiling: Tiling): tf.Tensor1D[] {
  const { m, n, stride, down, across, tiles } = tiling;
  const { batchSize, inHeight, inWidth, padInfo: { top, left } } = conv;
  const none = n * n * tiles * stride * stride;
  const overlaps = Array.from({ length: Math.ceil(n / m) }, (_, overlap) => overlap);
  return overlaps.flatMap((above) =>
    overlaps.map((before) =>
      indices([batchSize, inHeight, inWidth], ([b, y, x]) => {
        const row = Math.floor((y! + top) / stride), column = Math.floor((x! + left) / stride);
        const ty = Math.floor(row / m) - above, tx = Math.floor(column / m) - before;
        const i = row - ty * m, j = column - tx * m;
        if (i >= n || j >= n || ty < 0 || tx < 0 || ty >= down || tx >= across) return none;
        const tile = (b! * down + ty) * across + tx;
        const phase = (y! + top) % stride * stride + (x! + left) % stride;
        return ((i * n + j) * tiles + tile) * stride * stride + phase;
      })
    )
  );
}

/** G for both axes and all phases, `[n² · phases, taps]`: rows as in U, columns as in the filter. */
function filterTransform({ m, r, n, stride }: Tiling): Matrix {
  const { G } = cookToom(m, r), size = r * stride;
  const rows: number[][] = [];
  for (let ij = 0; ij < n * n; ij++) {
    const [gi, gj] = [G[Math.floor(ij / n)]!, G[ij % n]!];
    for (let p = 0; p < stride; p++) {
      for (let q = 0; q < stride; q++) {
        rows.push(Array.from({ length: size * size }, (_, tap) => {
          const y = Math.floor(tap / size), x = tap % size;
          if (y % stride !== p || x % stride !== q) return 0;
          return gi[(y - p) / stride]! * gj[(x - q) / stride]!;
        }));
      }
    }
  }
  return rows;
}

/** The most tiles of 6x6 inputs that are added up one after another in the filter gradient. */
const LONGEST_SUM = 100;

/**
 * In how many parts tiles are added up for the filter gradient. A long sum of products rounds more
 * than short ones, which the transform adds up then, and large tiles amplify that. The direct way
 * rounds more with more positions, too, so that four parts are enough for up to 400 tiles.
 */
function partsOf({ n, tiles }: Tiling): number {
  return n < 6 ? 1 : Math.max(4, Math.ceil(tiles / LONGEST_SUM));
}

/** `[places, tiles, channels]` as `[places · parts, tiles / parts, channels]`, zeros at the end. */
function inParts(x: Tensor3D, parts: number): Tensor3D {
  if (parts === 1) return x;
  const [places, tiles, channels] = x.shape;
  const length = Math.ceil(tiles / parts);
  const whole = tf.pad3d(x, [[0, 0], [0, length * parts - tiles], [0, 0]]);
  return tf.reshape(whole, [places * parts, length, channels]);
}

/** The filter's transform with the rows of each place once for each part. */
function forParts(matrix: Matrix, parts: number, { stride }: Tiling): Matrix {
  const phases = stride * stride;
  return Array.from({ length: matrix.length / phases }, (_, place) => {
    const rows = matrix.slice(place * phases, (place + 1) * phases);
    return Array.from({ length: parts }, () => rows).flat();
  }).flat();
}

/** A transform along both axes: its Kronecker product with itself. */
function squared(matrix: Matrix): Matrix {
  return matrix.flatMap((a) => matrix.map((b) => a.flatMap((x) => b.map((y) => x * y))));
}

function transposed(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

/** A transform of what stands at each place in a tile, `[places, tiles, channels]`. */
function transformed(backend: Backend, matrix: Matrix, x: Tensor3D): Tensor3D {
  const [places, tiles, channels] = x.shape;
  const columns = tf.reshape<Rank.R2>(x, [places, tiles * channels]);
  const made = matrixProduct(backend, tf.tensor2d(matrix.map((row) => [...row])), columns);
  return tf.reshape(made, [matrix.length, tiles, channels]);
}

/** What `at` gives for all positions in a shape, the last axis running fastest. */
function indices(
  shape: readonly number[],
  at: (position: readonly number[]) => number,
): tf.Tensor1D {
  const position = shape.map(() => 0);
  const values = new Int32Array(shape.reduce((product, extent) => product * extent, 1));
  for (let index = 0; index < values.length; index++) {
    values[index] = at(position);
    for (let axis = shape.length - 1; axis >= 0 && ++position[axis]! === shape[axis]; axis--) {
      position[axis] = 0;
    }
  }
  return tf.tensor1d(values, "int32");
}
