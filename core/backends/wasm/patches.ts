/**
 * Rearrangements of pictures that turn convolutions into matrix products.
 *
 * A *tap* is a position of the kernel, row by row; `M` is the number of output positions over batch,
 * rows and columns. *Planes* are a padded picture by channel, split by the stride into phases (e.g.
 * every second row and column), so that the pixels that a tap sees are contiguous:
 * `[phase][channel][batch][planeHeight][planeWidth]`.
 *
 * @module
 */
import type { backend_util } from "@tensorflow/tfjs";

/** Sizes, strides and padding of a convolution, as tfjs computes them. */
export type Convolution = backend_util.Conv2DInfo;

/** The number of kernel positions. */
export function tapsOf({ filterHeight, filterWidth }: Convolution): number {
  return filterHeight * filterWidth;
}

/** M: the number of output positions. */
export function positionsOf({ batchSize, outHeight, outWidth }: Convolution): number {
  return batchSize * outHeight * outWidth;
}

function planeSize(conv: Convolution): { height: number; width: number } {
  return {
    height: conv.outHeight + Math.floor((conv.filterHeight - 1) / conv.strideHeight),
    width: conv.outWidth + Math.floor((conv.filterWidth - 1) / conv.strideWidth),
  };
}

/** The length of the planes of a picture. */
export function planesLength(conv: Convolution): number {
  const { height, width } = planeSize(conv);
  const phases = conv.strideHeight * conv.strideWidth;
  return phases * conv.inChannels * conv.batchSize * height * width;
}

/** A run of pixels in a row of a picture, and its place in the planes. */
type Run = (
  /** Index of the first pixel's first channel in the picture. */
  pixel: number,
  /** Index of the first pixel in the plane of the first channel. */
  plane: number,
  /** Number of pixels, `strideWidth` apart in the picture and contiguous in the planes. */
  length: number,
) => void;

/** Visits all pixels that the convolution sees. */
function eachRun(conv: Convolution, visit: Run): void {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = conv;
  const { height, width } = planeSize(conv);
  const channelStride = batchSize * height * width;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < inHeight; row++) {
      const paddedRow = row + padInfo.top;
      const planeRow = Math.floor(paddedRow / strideHeight);
      if (planeRow >= height) continue;
      for (let phaseColumn = 0; phaseColumn < strideWidth; phaseColumn++) {
        // The first column of the picture in this phase, and its column in the plane.
        const column = mod(phaseColumn - padInfo.left, strideWidth);
        const planeColumn = Math.floor((column + padInfo.left) / strideWidth);
        const length = Math.min(Math.ceil((inWidth - column) / strideWidth), width - planeColumn);
        if (length <= 0) continue;
        const phase = (paddedRow % strideHeight) * strideWidth + phaseColumn;
        visit(
          ((image * inHeight + row) * inWidth + column) * inChannels,
          phase * inChannels * channelStride + (image * height + planeRow) * width + planeColumn,
          length,
        );
      }
    }
  }
}

/** Pixels that are split by channel together, few enough for a cache. */
const RUN = 8;

function mod(a: number, b: number): number {
  return ((a % b) + b) % b;
}

/** Splits `x`, `[batch, height, width, channels]`, into zero-padded planes. */
export function toPlanes(x: Float32Array, planes: Float32Array, conv: Convolution): void {
  const { height, width } = planeSize(conv);
  const channels = conv.inChannels;
  const channelStride = conv.batchSize * height * width, pixelStride = conv.strideWidth * channels;
  planes.fill(0);
  eachRun(conv, (pixel, plane, length) => {
    for (let first = 0; first < length; first += RUN) {
      const count = Math.min(RUN, length - first), begin = pixel + first * pixelStride;
      for (let channel = 0; channel < channels; channel++) {
        let from = begin + channel;
        const to = plane + first + channel * channelStride;
        for (let i = 0; i < count; i++, from += pixelStride) planes[to + i] = x[from]!;
      }
    }
  });
}

/** The inverse of {@link toPlanes}; pixels that no tap sees become zero. */
export function fromPlanes(planes: Float32Array, x: Float32Array, conv: Convolution): void {
  const { height, width } = planeSize(conv);
  const channels = conv.inChannels;
  const channelStride = conv.batchSize * height * width, pixelStride = conv.strideWidth * channels;
  x.fill(0);
  eachRun(conv, (pixel, plane, length) => {
    for (let first = 0; first < length; first += RUN) {
      const count = Math.min(RUN, length - first), begin = pixel + first * pixelStride;
      for (let channel = 0; channel < channels; channel++) {
        let to = begin + channel;
        const from = plane + first + channel * channelStride;
        for (let i = 0; i < count; i++, to += pixelStride) x[to] = planes[from + i]!;
      }
    }
  });
}

/** Visits the pixels that a tap sees, a row of output positions at a time. */
function eachTapRow(
  conv: Convolution,
  tap: number,
  /** Where the row begins in the planes and in `[channels, M]`. */
  visit: (plane: number, position: number) => void,
): void {
  const { batchSize, inChannels, outHeight, outWidth, filterWidth } = conv;
  const { strideHeight, strideWidth } = conv;
  const { height, width } = planeSize(conv);
  const tapRow = Math.floor(tap / filterWidth), tapColumn = tap % filterWidth;
  const phase = (tapRow % strideHeight) * strideWidth + tapColumn % strideWidth;
  const shift = Math.floor(tapRow / strideHeight) * width + Math.floor(tapColumn / strideWidth);
  let position = 0;
  for (let channel = 0; channel < inChannels; channel++) {
    for (let image = 0; image < batchSize; image++) {
      let plane = ((phase * inChannels + channel) * batchSize + image) * height * width + shift;
      for (let row = 0; row < outHeight; row++, plane += width, position += outWidth) {
        visit(plane, position);
      }
    }
  }
}

/** Gathers the pixels that a tap sees into `seen`, `[channels, M]`. */
export function gatherTap(
  planes: Float32Array,
  seen: Float32Array,
  conv: Convolution,
  tap: number,
): void {
  const length = conv.outWidth;
  eachTapRow(conv, tap, (plane, position) => {
    for (let i = 0; i < length; i++) seen[position + i] = planes[plane + i]!;
  });
}

/** Adds `share`, `[channels, M]`, to the pixels that a tap sees: the transpose of {@link gatherTap}. */
export function scatterTap(
  share: Float32Array,
  planes: Float32Array,
  conv: Convolution,
  tap: number,
): void {
  const length = conv.outWidth;
  eachTapRow(conv, tap, (plane, position) => {
    for (let i = 0; i < length; i++) planes[plane + i] = planes[plane + i]! + share[position + i]!;
  });
}

/**
 * Gathers the patches of `count` output positions, `[count, taps × channels]`, from `x`,
 * `[batch, height, width, channels]`.
 */
export function gatherPatches(
  x: Float32Array,
  patches: Float32Array,
  conv: Convolution,
  first: number,
  count: number,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = conv;
  const { strideHeight, strideWidth, padInfo } = conv;
  const run = filterWidth * inChannels;
  let to = 0;
  for (let position = first; position < first + count; position++) {
    const outColumn = position % outWidth;
    const line = Math.floor(position / outWidth);
    const outRow = line % outHeight, image = Math.floor(line / outHeight);
    const column = outColumn * strideWidth - padInfo.left;
    const before = Math.max(-column, 0) * inChannels;
    const after = Math.max(column + filterWidth - inWidth, 0) * inChannels;
    for (let tapRow = 0; tapRow < filterHeight; tapRow++, to += run) {
      const row = outRow * strideHeight - padInfo.top + tapRow;
      if (row < 0 || row >= inHeight || before + after >= run) {
        for (let i = to; i < to + run; i++) patches[i] = 0;
        continue;
      }
      const from = ((image * inHeight + row) * inWidth + column) * inChannels;
      for (let i = 0; i < before; i++) patches[to + i] = 0;
      for (let i = before; i < run - after; i++) patches[to + i] = x[from + i]!;
      for (let i = run - after; i < run; i++) patches[to + i] = 0;
    }
  }
}

/**
 * Block size of {@link transpose}: small enough for the L1 cache even if rows are a power of two apart.
 */
const BLOCK_ROWS = 8;
const BLOCK_COLUMNS = 16;

/** Transposes `[rows, columns]` whose rows are `stride` numbers apart. */
export function transpose(
  matrix: Float32Array,
  transposed: Float32Array,
  rows: number,
  columns: number,
  stride: number = columns,
): void {
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const lastRow = Math.min(row + BLOCK_ROWS, rows);
    for (let column = 0; column < columns; column += BLOCK_COLUMNS) {
      const lastColumn = Math.min(column + BLOCK_COLUMNS, columns);
      for (let j = column; j < lastColumn; j++) {
        for (let i = row; i < lastRow; i++) {
          transposed[j * rows + i] = matrix[i * stride + j]!;
        }
      }
    }
  }
}
