/** The two-dimensional Fourier transform in real numbers and matrix products. */
import * as tf from "@tensorflow/tfjs";
import type { Tensor2D, Tensor3D, Tensor4D } from "@tensorflow/tfjs";

/**
 * The squared absolute values of the orthonormal discrete Fourier transform of each plane.
 *
 * @param planes `[count, height, width, 1]`.
 * @returns `[count, width, height]`: column by column, frequency 0 first.
 */
export function powerSpectrum(planes: Tensor4D): Tensor3D {
  const [count, height, width] = planes.shape;
  // Transforms rows, then columns, each to cosines and sines.
  const rows = tf.matMul(tf.reshape(planes, [count * height, width]), wavesOf(width));
  const turned = tf.transpose(tf.reshape(rows, [count, height, 2 * width]), [0, 2, 1]);
  const both = tf.matMul(tf.reshape(turned, [count * 2 * width, height]), wavesOf(height));
  const parts = tf.reshape(both, [count, 2, width, 2 * height]) as Tensor4D;
  const part = (across: 0 | 1, down: 0 | 1): Tensor3D =>
    tf.reshape(
      tf.slice(parts, [0, across, 0, down * height], [count, 1, width, height]),
      [count, width, height],
    ) as Tensor3D;
  // exp(-i (a + b)) = (cos a - i sin a) (cos b - i sin b)
  const real = tf.sub(part(0, 0), part(1, 1));
  const imaginary = tf.add(part(0, 1), part(1, 0));
  return tf.add(tf.square(real), tf.square(imaginary));
}

/** Cosines and sines by length. */
const knownWaves = new Map<number, Float32Array>();

/** `[length, 2 * length]`: at each position the cosines, then the sines, of all frequencies. */
function wavesOf(length: number): Tensor2D {
  let waves = knownWaves.get(length);
  if (waves === undefined) knownWaves.set(length, waves = makeWaves(length));
  return tf.tensor2d(waves, [length, 2 * length]);
}

function makeWaves(length: number): Float32Array {
  const waves = new Float32Array(2 * length * length);
  const scale = 1 / Math.sqrt(length);
  for (let position = 0; position < length; position++) {
    for (let frequency = 0; frequency < length; frequency++) {
      // The remainder keeps the digits of large products.
      const angle = 2 * Math.PI * ((position * frequency) % length) / length;
      waves[position * 2 * length + frequency] = scale * Math.cos(angle);
      waves[position * 2 * length + length + frequency] = scale * Math.sin(angle);
    }
  }
  return waves;
}
