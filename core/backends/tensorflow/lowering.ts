/**
 * The rule by which each product of a convolution is computed on a CPU: by TensorFlow's own kernel,
 * or by another way that is faster for its shape.
 *
 * @module
 */
import { type Convolution, positionsOf } from "./convolution/operations.ts";

/** Ways to y. */
export type ForwardWay = "native" | "patches";
/** Ways to dx, also the transposed convolution. */
export type InputGradientWay = "native" | "fold";
/** Ways to dfilter. */
export type FilterGradientWay = "native" | "patches" | "shifts";

/** How y is computed. */
export function forwardWay(conv: Convolution): ForwardWay {
  if (!isPlain(conv) || conv.outHeight * conv.outWidth === 1) return "native";
  return conv.outChannels >= 4 * positionsOf(conv) ? "patches" : "native";
}

/** How dx is computed. */
export function inputGradientWay(conv: Convolution): InputGradientWay {
  if (!isPlain(conv) || !canFold(conv)) return "native";
  return conv.outChannels >= 8 * positionsOf(conv) ? "fold" : "native";
}

/** How dfilter is computed. */
export function filterGradientWay(conv: Convolution): FilterGradientWay {
  if (!isPlain(conv) || Math.min(conv.inChannels, conv.outChannels) < 64) return "native";
  if (conv.outChannels >= 2 * positionsOf(conv)) return "patches";
  return canShift(conv) ? "shifts" : "native";
}

/** Channels last, and kernels without holes. */
function isPlain({ dataFormat, dilationHeight, dilationWidth }: Convolution): boolean {
  return dataFormat === "channelsLast" && dilationHeight === 1 && dilationWidth === 1;
}

/** Whether each input position is seen by two output positions along either axis. */
export function canFold(conv: Convolution): boolean {
  return conv.filterHeight === 2 * conv.strideHeight && conv.filterWidth === 2 * conv.strideWidth;
}

/** Whether the kernel is made of whole blocks of stride x stride. */
export function canShift(conv: Convolution): boolean {
  const { strideHeight: stride } = conv;
  return stride === conv.strideWidth && conv.filterHeight % stride === 0 &&
    conv.filterWidth % stride === 0;
}
