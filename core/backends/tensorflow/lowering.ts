/**
 * The rule by which each product of a convolution is computed on a CPU: by TensorFlow's own kernel,
 * or by another way that is faster for its shape. `docs/convolutions.md` has the measurements that
 * the numbers come from.
 *
 * @module
 */
import { type Convolution, depthOf, positionsOf } from "./convolution/operations.ts";
import { fitTiles } from "./convolution/tiles.ts";

/** Tiles of 2x2, 3x3 or 4x4 outputs. */
export type TilesWay = "tiles2" | "tiles3" | "tiles4";
/** Ways to y. */
export type ForwardWay = "native" | "patches" | "thin" | TilesWay;
/** Ways to dx, also the transposed convolution. */
export type InputGradientWay = "native" | "fold" | "single" | "thin" | TilesWay;
/** Ways to dfilter. */
export type FilterGradientWay = "native" | "patches" | "shifts" | "thin" | TilesWay;

/** Any of them. */
export type Way = ForwardWay | InputGradientWay | FilterGradientWay;

/** What each way asks of a convolution; the native one does all. */
export const fits: Readonly<Record<Way, (conv: Convolution) => boolean>> = {
  native: () => true,
  patches: isPlain,
  fold: (conv) => isPlain(conv) && canFold(conv),
  single: (conv) => isPlain(conv) && isSingle(conv),
  shifts: (conv) => isPlain(conv) && canShift(conv),
  thin: (conv) => isPlain(conv) && isThin(conv),
  tiles2: (conv) => isPlain(conv) && fitTiles(2, conv),
  tiles3: (conv) => isPlain(conv) && fitTiles(3, conv),
  tiles4: (conv) => isPlain(conv) && fitTiles(4, conv),
};

/** How y is computed. */
export function forwardWay(conv: Convolution): ForwardWay {
  if (fits.thin(conv)) return "thin";
  const { positions, filterSize, filterShare } = sizesOf(conv);
  // TensorFlow's own leaves out taps that see padding only: most, where there is one position.
  if (positions === 1 || !fits.patches(conv)) return "native";
  return filterShare >= 2 ** 14 && filterSize >= 2 ** 21 ? "patches" : "native";
}

/** How dx is computed. */
export function inputGradientWay(conv: Convolution): InputGradientWay {
  if (fits.thin(conv)) return "thin";
  if (fits.single(conv)) return "single";
  if (!fits.fold(conv)) return "native";
  const { filterShare } = sizesOf(conv);
  return filterShare >= 2 ** 14 || conv.outChannels >= 32 * conv.inChannels ? "fold" : "native";
}

/** How dfilter is computed. */
export function filterGradientWay(conv: Convolution): FilterGradientWay {
  if (fits.thin(conv)) return "thin";
  if (!fits.patches(conv) || Math.min(conv.inChannels, conv.outChannels) < 64) return "native";
  const { positions, depth, filterShare } = sizesOf(conv);
  if (filterShare >= 2 ** 12) return "patches";
  return fits.shifts(conv) && positions >= 2 * depth ? "shifts" : "native";
}

interface Sizes {
  readonly positions: number;
  readonly depth: number;
  /** Numbers in the filter. */
  readonly filterSize: number;
  /**
   * The same for each output position. TensorFlow's own kernels rearrange the filter first, which
   * many positions repay, and few do not.
   */
  readonly filterShare: number;
}

function sizesOf(conv: Convolution): Sizes {
  const positions = positionsOf(conv), depth = depthOf(conv);
  const filterSize = depth * conv.outChannels;
  return { positions, depth, filterSize, filterShare: filterSize / positions };
}

/** Channels last, and kernels without holes. */
function isPlain({ dataFormat, dilationHeight, dilationWidth }: Convolution): boolean {
  return dataFormat === "channelsLast" && dilationHeight === 1 && dilationWidth === 1;
}

/** Whether each input position is seen by two output positions along either axis. */
function canFold(conv: Convolution): boolean {
  return conv.filterHeight === 2 * conv.strideHeight && conv.filterWidth === 2 * conv.strideWidth;
}

/** Whether the kernel is made of whole blocks of stride x stride. */
function canShift(conv: Convolution): boolean {
  const { strideHeight: stride } = conv;
  return stride === conv.strideWidth && conv.filterHeight % stride === 0 &&
    conv.filterWidth % stride === 0;
}

/** Whether a picture has a single output position, whose kernel covers it. */
function isSingle(conv: Convolution): boolean {
  const { inHeight, inWidth, filterHeight, filterWidth, padInfo } = conv;
  return conv.outHeight * conv.outWidth === 1 && padInfo.top + inHeight <= filterHeight &&
    padInfo.left + inWidth <= filterWidth;
}

/** Whether it makes a single channel, of more than one pixel. */
function isThin({ outChannels, filterHeight, filterWidth }: Convolution): boolean {
  return outChannels === 1 && filterHeight * filterWidth > 1;
}
