/**
 * The gradients of convolutions as products of patches, in tiles: tfjs' kernels read both factors anew
 * for each value that they compute. Its convolution itself is such a product already.
 */
import type { backend_util, TensorInfo } from "@tensorflow/tfjs";
import type { DeviceBackend } from "./device.ts";
import { multiply } from "./product.ts";

/** Sizes of a convolution, as tfjs computes them. */
export type Convolution = backend_util.Conv2DInfo;

/** Rows of a product that fill its tiles. */
const ENOUGH_ROWS = 64;

/** `fn met`: the value that filter tap and channel `tap` meets at the position `at` of the output. */
function patchOf(conv: Convolution): string {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterWidth, padInfo } = conv;
  return `fn met(at: u32, tap: u32) -> f32 {
  let column = at % ${outWidth}u; let line = at / ${outWidth}u;
  let c = tap % ${inChannels}u; let f = tap / ${inChannels}u;
  let v = i32((line % ${outHeight}u) * ${conv.strideHeight}u + f / ${filterWidth}u * ${conv.dilationHeight}u) - ${padInfo.top};
  let u = i32(column * ${conv.strideWidth}u + f % ${filterWidth}u * ${conv.dilationWidth}u) - ${padInfo.left};
  if (v < 0 || v >= ${inHeight} || u < 0 || u >= ${inWidth}) { return 0.0; }
  return x[((line / ${outHeight}u * ${inHeight}u + u32(v)) * ${inWidth}u + u32(u)) * ${inChannels}u + c];
}`;
}

/** The gradient by the filter: patches of x, transposed, times dy. */
export function filterGradient(
  backend: DeviceBackend,
  x: TensorInfo,
  dy: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels: columns } = conv;
  const rows = conv.filterHeight * conv.filterWidth * conv.inChannels;
  return multiply(backend, {
    rows,
    inner: batchSize * outHeight * outWidth,
    columns,
    layers: 1,
    inputs: { x, dy },
    code: `${patchOf(conv)}
fn a(z: u32, row: u32, k: u32) -> f32 { return met(k, row); }
fn b(z: u32, k: u32, column: u32) -> f32 { return dy[k * ${columns}u + column]; }
fn place(z: u32, row: u32, column: u32) -> i32 { return i32(row * ${columns}u + column); }`,
    along: { a: false, b: false },
    shape: conv.filterShape,
  });
}

/**
 * Whether the gradient by the input is worth a product: the depths of a U-Net have too few pixels to
 * fill tiles, and tfjs' kernel is faster there.
 */
export function hasEnoughPixels({ batchSize, inHeight, inWidth, ...conv }: Convolution): boolean {
  const { strideHeight, strideWidth } = conv;
  return batchSize * inHeight * inWidth >= ENOUGH_ROWS * strideHeight * strideWidth;
}

/**
 * The gradient by the input, which is also a transposed convolution. Pixels whose coordinates leave the
 * same rest when divided by the strides meet the same taps of the filter: each rest is a product of its
 * own, and no zeros between pixels are multiplied.
 */
export function inputGradient(
  backend: DeviceBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  conv: Convolution,
): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels: columns, outHeight, outWidth } = conv;
  const { filterHeight, filterWidth, strideHeight, strideWidth, outChannels, padInfo } = conv;
  const lines = Math.ceil(inHeight / strideHeight), width = Math.ceil(inWidth / strideWidth);
  const tapsDown = Math.ceil(filterHeight / strideHeight);
  const tapsAcross = Math.ceil(filterWidth / strideWidth);
  return multiply(backend, {
    rows: batchSize * lines * width,
    inner: tapsDown * tapsAcross * outChannels,
    columns,
    layers: strideHeight * strideWidth,
    inputs: { dy, filters: filter },
    code: `
/** Where the first tap lies in the padded picture: divided by the strides, and the rest. */
fn corner(z: u32) -> vec2<u32> {
  return vec2(z / ${strideWidth}u + ${padInfo.top}u, z % ${strideWidth}u + ${padInfo.left}u);
}
fn a(z: u32, row: u32, k: u32) -> f32 {
  let first = corner(z); let tap = k / ${outChannels}u;
  let down = tap / ${tapsAcross}u; let across = tap % ${tapsAcross}u;
  if (first.x % ${strideHeight}u + down * ${strideHeight}u >= ${filterHeight}u ||
      first.y % ${strideWidth}u + across * ${strideWidth}u >= ${filterWidth}u) { return 0.0; }
  let v = i32(row / ${width}u % ${lines}u + first.x / ${strideHeight}u) - i32(down);
  let u = i32(row % ${width}u + first.y / ${strideWidth}u) - i32(across);
  if (v < 0 || v >= ${outHeight} || u < 0 || u >= ${outWidth}) { return 0.0; }
  let line = row / ${lines * width}u * ${outHeight}u + u32(v);
  return dy[(line * ${outWidth}u + u32(u)) * ${outChannels}u + k % ${outChannels}u];
}
fn b(z: u32, k: u32, column: u32) -> f32 {
  let first = corner(z); let tap = k / ${outChannels}u;
  let v = first.x % ${strideHeight}u + tap / ${tapsAcross}u * ${strideHeight}u;
  let u = first.y % ${strideWidth}u + tap % ${tapsAcross}u * ${strideWidth}u;
  if (v >= ${filterHeight}u || u >= ${filterWidth}u) { return 0.0; }
  return filters[((v * ${filterWidth}u + u) * ${columns}u + column) * ${outChannels}u + k % ${outChannels}u];
}
fn place(z: u32, row: u32, column: u32) -> i32 {
  let v = row / ${width}u % ${lines}u * ${strideHeight}u + z / ${strideWidth}u;
  let u = row % ${width}u * ${strideWidth}u + z % ${strideWidth}u;
  if (v >= ${inHeight}u || u >= ${inWidth}u) { return -1; }
  return i32(((row / ${
      lines * width
    }u * ${inHeight}u + v) * ${inWidth}u + u) * ${columns}u + column);
}`,
    along: { a: true, b: true },
    shape: conv.inShape,
  });
}
