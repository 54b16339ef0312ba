/**
 * The rule by which each product of a convolution is computed on a CPU: by TensorFlow's own kernel,
 * or by another way that is faster for its shape.
 *
 * @module
 */
import { type Convolution, positionsOf } from "./convolution/operations.ts";

/** Ways to y. */
export type ForwardWay = "native" | "patches" | "thin";
/** Ways to dx, also the transposed convolution. */
export type InputGradientWay = "native" | "fold" | "single" | "thin";
/** Ways to dfilter. */
export type FilterGradientWay = "native" | "patches" | "shifts" | "thin";

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
};

/** How y is computed. */
export function forwardWay(conv: Convolution): ForwardWay {
  if (fits.thin(conv)) return "thin";
  if (conv.outHeight * conv.outWidth === 1 || !fits.patches(conv)) return "native";
  return conv.outChannels >= 4 * positionsOf(conv) ? "patches" : "native";
}

/** How dx is computed. */
export function inputGradientWay(conv: Convolution): InputGradientWay {
  if (fits.thin(conv)) return "thin";
  if (fits.single(conv)) return "single";
  if (!fits.fold(conv)) return "native";
  const { inChannels, outChannels } = conv;
  return outChannels >= 8 * positionsOf(conv) || outChannels >= 32 * inChannels ? "fold" : "native";
}

/** How dfilter is computed. */
export function filterGradientWay(conv: Convolution): FilterGradientWay {
  if (fits.thin(conv)) return "thin";
  if (!fits.patches(conv) || Math.min(conv.inChannels, conv.outChannels) < 64) return "native";
  if (conv.outChannels >= 2 * positionsOf(conv)) return "patches";
  return fits.shifts(conv) ? "shifts" : "native";
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
