/**
 * Chooses how each product of a convolution is computed on a CPU: by TensorFlow's own kernel, or in
 * another way that is faster for its shape. `docs/convolutions.md` has the measurements.
 *
 * @module
 */
import { type Convolution, depthOf, positionsOf } from "./convolution/operations.ts";
import { fitTiles } from "./convolution/tiles.ts";
import type { Vectors } from "./processor.ts";

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

/** Whether a way can compute a convolution; the native one computes all. */
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

/** What the choice depends on beside the convolution. */
export interface LoweringOptions {
  /** Never by tiles, which round otherwise than direct sums. */
  readonly exact: boolean;
  /** The kind of processor. */
  readonly vectors: Vectors;
}

/** How y is computed. */
export function forwardWay(conv: Convolution, options: LoweringOptions): ForwardWay {
  const tiles = tilesWay("forward", conv, options);
  if (tiles !== undefined) return tiles;
  if (fits.thin(conv)) return "thin";
  const { positions, filterSize, filterShare } = sizesOf(conv);
  // TensorFlow's own skips taps that see only padding: most, if there is one position.
  if (positions === 1 || !fits.patches(conv)) return "native";
  return filterShare >= 2 ** 14 && filterSize >= 2 ** 21 ? "patches" : "native";
}

/** How dx is computed. */
export function inputGradientWay(conv: Convolution, options: LoweringOptions): InputGradientWay {
  const tiles = tilesWay("inputGradient", conv, options);
  if (tiles !== undefined) return tiles;
  if (fits.thin(conv)) return "thin";
  if (fits.single(conv)) return "single";
  if (!fits.fold(conv)) return "native";
  const { filterShare } = sizesOf(conv);
  return filterShare >= 2 ** 14 || conv.outChannels >= 32 * conv.inChannels ? "fold" : "native";
}

/** How dfilter is computed. */
export function filterGradientWay(
  conv: Convolution,
  options: LoweringOptions,
): FilterGradientWay {
  const tiles = tilesWay("filterGradient", conv, options);
  if (tiles !== undefined) return tiles;
  if (fits.thin(conv)) return "thin";
  if (!fits.patches(conv) || Math.min(conv.inChannels, conv.outChannels) < 64) return "native";
  const { positions, depth, filterShare } = sizesOf(conv);
  if (filterShare >= 2 ** 12) return "patches";
  return fits.shifts(conv) && positions >= 2 * depth ? "shifts" : "native";
}

/** One of the three products of a convolution. */
export type ProductName = "forward" | "inputGradient" | "filterGradient";

/** For which convolutions tiles of a size are the fastest way, and round little enough. */
interface TilesRule {
  readonly way: TilesWay;
  readonly vectors: readonly Vectors[];
  readonly products: readonly ProductName[];
  readonly kernel: number;
  readonly stride: number;
  /** Least channels of input and of output. */
  readonly channels: number;
  /** Output positions over the batch, from … to below. */
  readonly positions: readonly [least: number, limit: number];
  /** Least numbers in the filter. */
  readonly filterSize: number;
  /** Limit of the filter's share of a position, since filters are transformed too. */
  readonly filterShare: number;
}

const ALL: readonly ProductName[] = ["forward", "inputGradient", "filterGradient"];
const BUT_FILTER: readonly ProductName[] = ["forward", "inputGradient"];
const FILTER: readonly ProductName[] = ["filterGradient"];
const INPUT: readonly ProductName[] = ["inputGradient"];
const WIDE: readonly Vectors[] = ["AVX-512"];
const NARROW: readonly Vectors[] = ["AVX2"];
const BOTH: readonly Vectors[] = [...WIDE, ...NARROW];

/**
 * As `deno task bench ops` measured them, and none that rounds more than 4 times as much as the
 * direct way beside float64. The first rule that applies holds.
 */
const TILES: readonly TilesRule[] = [
  // The PatchGAN's layer of stride 1. oneDNN's forward kernel for AVX2 is slow and rounds little, 5.7
  // times less than tiles.
  rule("tiles3", WIDE, BUT_FILTER, [4, 1], { positions: [900, Infinity] }),
  rule("tiles3", NARROW, INPUT, [4, 1], { positions: [900, Infinity] }),
  rule("tiles3", BOTH, FILTER, [4, 1], { positions: [900, Infinity] }),
  rule("tiles2", WIDE, BUT_FILTER, [4, 1], { positions: [225, 900], filterShare: 2 ** 14 }),
  // Layers of stride 2 with many positions.
  rule("tiles3", WIDE, ALL, [4, 2], { positions: [900, Infinity], filterSize: 2 ** 18 }),
  rule("tiles3", WIDE, FILTER, [4, 2], { positions: [900, Infinity] }),
  rule("tiles3", NARROW, ALL, [4, 2], { positions: [900, Infinity] }),
  rule("tiles2", BOTH, ALL, [4, 2], {
    positions: [900, Infinity],
    filterSize: 2 ** 18,
    filterShare: 2 ** 13,
  }),
  // Residual blocks.
  rule("tiles4", WIDE, BUT_FILTER, [3, 1], { positions: [4096, Infinity], channels: 128 }),
  rule("tiles2", BOTH, ALL, [3, 1], {
    positions: [256, Infinity],
    channels: 128,
    filterShare: 2 ** 14,
  }),
];

function rule(
  way: TilesWay,
  vectors: readonly Vectors[],
  products: readonly ProductName[],
  [kernel, stride]: readonly [number, number],
  limits: Pick<TilesRule, "positions"> & Partial<TilesRule>,
): TilesRule {
  const usual = { channels: 64, filterSize: 0, filterShare: 2 ** 12 };
  return { way, vectors, products, kernel, stride, ...usual, ...limits };
}

/** The tiles by which a product is computed; undefined where it is not. */
function tilesWay(
  product: ProductName,
  conv: Convolution,
  { exact, vectors }: LoweringOptions,
): TilesWay | undefined {
  if (exact) return undefined;
  const { positions, filterSize, filterShare } = sizesOf(conv);
  const channels = Math.min(conv.inChannels, conv.outChannels);
  return TILES.find((rule) =>
    rule.vectors.includes(vectors) && rule.products.includes(product) &&
    rule.kernel === conv.filterHeight && rule.stride === conv.strideHeight &&
    channels >= rule.channels && filterSize >= rule.filterSize &&
    positions >= rule.positions[0] && positions < rule.positions[1] &&
    filterShare < rule.filterShare && fits[rule.way](conv)
  )?.way;
}

interface Sizes {
  readonly positions: number;
  readonly depth: number;
  /** Numbers in the filter. */
  readonly filterSize: number;
  /**
   * The same for each output position. TensorFlow's own kernels rearrange the filter first, which
   * only pays with many positions.
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
