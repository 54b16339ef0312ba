/** How far the products of a convolution are from the same in float64. */
import type { Convolution } from "../../core/backends/tensorflow/convolution/operations.ts";
import type { ProductName } from "../../core/backends/tensorflow/lowering.ts";

/** Numbers of a product that are computed in float64. */
const SAMPLES = 1000;

type Values = Readonly<Float32Array>;

/** Some numbers of a product, in float64. */
export interface Reference {
  /** Places in the product. */
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/**
 * Some numbers of a product, evenly spread, in float64.
 *
 * @param first x or dy, as the product takes it.
 * @param second The filter or dy, as the product takes it.
 * @param conv Channels last, without holes.
 */
export function referenceOf(
  product: ProductName,
  first: Values,
  second: Values,
  conv: Convolution,
): Reference {
  const at = { forward: outputAt, inputGradient: inputGradientAt, filterGradient: tapAt }[product];
  const shape = { forward: "outShape", inputGradient: "inShape", filterGradient: "filterShape" };
  const size = (conv[shape[product] as "outShape"] as number[]).reduce((a, b) => a * b, 1);
  // A stride that shares no factor with the extents, so that all channels and edges are met.
  const places = Array.from({ length: SAMPLES }, (_, i) => Math.floor(i * 0.618034 % 1 * size));
  return { places, values: places.map((place) => at(place, first, second, conv)) };
}

/** The root of the mean square of differences, as a share of that of the expected numbers. */
export function errorOf(found: Values, { places, values }: Reference): number {
  let differences = 0, squares = 0;
  places.forEach((place, i) => {
    differences += (found[place]! - values[i]!) ** 2;
    squares += values[i]! ** 2;
  });
  return Math.sqrt(differences / squares);
}

/** Splits the index of a number of `[…, second, third, fourth]`. */
function split(place: number, [, b, c, d]: readonly number[]): [number, number, number, number] {
  const rest = Math.floor(place / d!), line = Math.floor(rest / c!);
  return [Math.floor(line / b!), line % b!, rest % c!, place % d!];
}

function outputAt(place: number, x: Values, filter: Values, conv: Convolution): number {
  const [b, oy, ox, n] = split(place, conv.outShape);
  const { inChannels, outChannels, filterHeight, filterWidth } = conv;
  let sum = 0;
  for (let ky = 0; ky < filterHeight; ky++) {
    for (let kx = 0; kx < filterWidth; kx++) {
      const pixel = pixelAt(b, oy, ox, ky, kx, conv);
      if (pixel < 0) continue;
      const tap = (ky * filterWidth + kx) * inChannels;
      for (let c = 0; c < inChannels; c++) {
        sum += x[pixel * inChannels + c]! * filter[(tap + c) * outChannels + n]!;
      }
    }
  }
  return sum;
}

function inputGradientAt(place: number, dy: Values, filter: Values, conv: Convolution): number {
  const [b, iy, ix, c] = split(place, conv.inShape);
  const { inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth } = conv;
  const { strideHeight, strideWidth, padInfo: { top, left } } = conv;
  let sum = 0;
  for (let ky = 0; ky < filterHeight; ky++) {
    for (let kx = 0; kx < filterWidth; kx++) {
      const oy = (iy + top - ky) / strideHeight, ox = (ix + left - kx) / strideWidth;
      if (!Number.isInteger(oy) || !Number.isInteger(ox)) continue;
      if (oy < 0 || ox < 0 || oy >= outHeight || ox >= outWidth) continue;
      const position = ((b * outHeight + oy) * outWidth + ox) * outChannels;
      const tap = ((ky * filterWidth + kx) * inChannels + c) * outChannels;
      for (let n = 0; n < outChannels; n++) sum += dy[position + n]! * filter[tap + n]!;
    }
  }
  return sum;
}

function tapAt(place: number, x: Values, dy: Values, conv: Convolution): number {
  const [ky, kx, c, n] = split(place, conv.filterShape);
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = conv;
  let sum = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const pixel = pixelAt(b, oy, ox, ky, kx, conv);
        if (pixel < 0) continue;
        const position = (b * outHeight + oy) * outWidth + ox;
        sum += x[pixel * inChannels + c]! * dy[position * outChannels + n]!;
      }
    }
  }
  return sum;
}

/** The pixel that a tap sees from an output position; -1 in the padding. */
function pixelAt(
  b: number,
  oy: number,
  ox: number,
  ky: number,
  kx: number,
  { inHeight, inWidth, strideHeight, strideWidth, padInfo: { top, left } }: Convolution,
): number {
  const y = oy * strideHeight - top + ky, x = ox * strideWidth - left + kx;
  return y < 0 || x < 0 || y >= inHeight || x >= inWidth ? -1 : (b * inHeight + y) * inWidth + x;
}
