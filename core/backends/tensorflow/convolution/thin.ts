/**
 * Convolutions to a single channel, such as logits, as matrix products over the input's channels.
 *
 * `x × filterᵀ` gives each pixel what every tap would make of it, `[pixels, taps]`. A convolution of
 * that by a filter of zeros and ones, one for each tap at its place, adds up what belongs to one
 * output position. It has as many channels as there are taps, 16 instead of 512, and the gradients
 * follow by the chain rule.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Rank, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import * as native from "./native.ts";
import type { Backend, Convolution } from "./operations.ts";

/** y. */
export function forward(
  backend: Backend,
  x: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  const taps = tapsOf(conv);
  const made = tf.matMul(pixelsOf(x), byTap(filter, conv), false, true);
  const [batch, height, width] = conv.inShape;
  return native.forward(
    backend,
    tf.reshape(made, [batch, height, width, taps.inChannels]),
    placesOf(taps),
    taps,
  );
}

/** dx. */
export function inputGradient(
  backend: Backend,
  dy: Tensor4D,
  filter: Tensor4D,
  conv: Convolution,
): Tensor4D {
  return tf.reshape(tf.matMul(spread(backend, dy, conv), byTap(filter, conv)), conv.inShape);
}

/** dfilter. */
export function filterGradient(
  backend: Backend,
  x: Tensor4D,
  dy: Tensor4D,
  conv: Convolution,
): Tensor4D {
  return tf.reshape(tf.matMul(spread(backend, dy, conv), pixelsOf(x), true), conv.filterShape);
}

/** The gradient of what each tap made of each pixel, `[pixels, taps]`. */
function spread(backend: Backend, dy: Tensor4D, conv: Convolution): Tensor2D {
  const taps = tapsOf(conv);
  return pixelsOf(native.inputGradient(backend, dy, placesOf(taps), taps));
}

/** `[pixels, channels]`. */
function pixelsOf(x: Tensor4D): Tensor2D {
  return tf.reshape(x, [-1, x.shape[3]]);
}

/** `[taps, channels]`. */
function byTap(filter: Tensor4D, { inChannels }: Convolution): Tensor2D {
  return tf.reshape(filter, [-1, inChannels]);
}

/** The convolution that adds up the taps. */
function tapsOf(conv: Convolution): Convolution {
  const { filterHeight, filterWidth, inShape } = conv;
  const inChannels = filterHeight * filterWidth;
  return {
    ...conv,
    inChannels,
    inShape: [inShape[0], inShape[1], inShape[2], inChannels],
    filterShape: [filterHeight, filterWidth, inChannels, 1],
  };
}

/** A one for each tap, at its place and in its channel. */
function placesOf({ filterShape, inChannels }: Convolution): Tensor4D {
  return tf.reshape<Rank.R4>(tf.eye(inChannels), filterShape);
}
