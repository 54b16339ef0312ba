/** Resizing in TypeScript: exactly TensorFlow's bilinear and nearest, and Catmull-Rom. */
import type { Picture } from "../interfaces/pictures.ts";
import { likeData } from "./geometry.ts";
import type { Size } from "./shape.ts";

// Every index below is within its array, since the taps are within the picture.

/** Two input positions for each output position, and the weight of the second. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly mix: Float32Array;
}

/** As TensorFlow computes them, each operation rounded to single precision. */
function bilinearTaps(outputs: number, inputs: number): Taps {
  const low = new Int32Array(outputs), high = new Int32Array(outputs);
  const mix = new Float32Array(outputs);
  const scale = Math.fround(inputs / outputs);
  for (let i = 0; i < outputs; i++) {
    const at = Math.fround(Math.fround((i + 0.5) * scale) - 0.5);
    const floor = Math.floor(at);
    low[i] = Math.max(floor, 0);
    high[i] = Math.min(Math.ceil(at), inputs - 1);
    mix[i] = at - floor;
  }
  return { low, high, mix };
}

/** As `tf.image.resize(picture, size)`, in the order and precision of its kernel. */
export function resizeBilinear(picture: Picture, { width, height }: Size): Picture {
  const { data: source, channels } = picture;
  const rows = bilinearTaps(height, picture.height), columns = bilinearTaps(width, picture.width);
  const data = new Float32Array(width * height * channels);
  // Floats span 0…255.
  const scale = source instanceof Uint16Array ? 255 / 65535 : 1;
  let to = 0;
  for (let row = 0; row < height; row++) {
    const upper = rows.low[row]! * picture.width, lower = rows.high[row]! * picture.width;
    for (let column = 0; column < width; column++) {
      const left = columns.low[column]!, right = columns.high[column]!, mix = columns.mix[column]!;
      let topLeft = (upper + left) * channels, topRight = (upper + right) * channels;
      let bottomLeft = (lower + left) * channels, bottomRight = (lower + right) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const top = lerp(source[topLeft++]!, source[topRight++]!, mix);
        const bottom = lerp(source[bottomLeft++]!, source[bottomRight++]!, mix);
        data[to++] = lerp(top, bottom, rows.mix[row]!) * scale;
      }
    }
  }
  return { data, width, height, channels };
}

/** In single precision, each operation rounded. */
function lerp(from: number, to: number, mix: number): number {
  return Math.fround(from + Math.fround(Math.fround(to - from) * mix));
}

function nearestTaps(outputs: number, inputs: number): Int32Array {
  const scale = Math.fround(inputs / outputs);
  const at = (_: unknown, i: number): number =>
    Math.min(Math.floor(Math.fround((i + 0.5) * scale)), inputs - 1);
  return Int32Array.from({ length: outputs }, at);
}

/** As `tf.image.resize(picture, size, "nearest")`. */
export function resizeNearest(picture: Picture, { width, height }: Size): Picture {
  const { data: source, channels } = picture;
  const rows = nearestTaps(height, picture.height), columns = nearestTaps(width, picture.width);
  const data = likeData(picture, width * height * channels);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * picture.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = source[from + channel]!;
    }
  }
  return { data, width, height, channels };
}

/** Four input positions and their weights for each output position. */
interface CubicTaps {
  readonly at: Int32Array;
  readonly weights: Float64Array;
}

/** Catmull-Rom (Keys' cubic with a = -0.5) at half-pixel centres; edges repeat. */
function cubicTaps(outputs: number, inputs: number): CubicTaps {
  const at = new Int32Array(outputs * 4), weights = new Float64Array(outputs * 4);
  for (let i = 0; i < outputs; i++) {
    const position = ((i + 0.5) * inputs) / outputs - 0.5;
    const floor = Math.floor(position);
    const t = position - floor;
    for (let k = 0; k < 4; k++) at[i * 4 + k] = Math.min(Math.max(floor - 1 + k, 0), inputs - 1);
    weights.set([
      ((-0.5 * t + 1) * t - 0.5) * t,
      (1.5 * t - 2.5) * t * t + 1,
      ((-1.5 * t + 2) * t + 0.5) * t,
      (0.5 * t - 0.5) * t * t,
    ], i * 4);
  }
  return { at, weights };
}

/** Catmull-Rom interpolation, for enlarging. */
export function enlargeCubic(picture: Picture, { width, height }: Size): Picture {
  const wide = picture.width === width ? picture.data : widenCubic(picture, width);
  const { channels } = picture;
  if (picture.height === height && wide === picture.data) return picture;
  const row = width * channels;
  const data = likeData(picture, height * row);
  const { at, weights } = cubicTaps(height, picture.height);
  const whole = !(data instanceof Float32Array), most = data instanceof Uint16Array ? 65535 : 255;
  for (let y = 0; y < height; y++) {
    const tap = y * 4;
    const a = at[tap]! * row,
      b = at[tap + 1]! * row,
      c = at[tap + 2]! * row,
      d = at[tap + 3]! * row;
    const wa = weights[tap]!,
      wb = weights[tap + 1]!,
      wc = weights[tap + 2]!,
      wd = weights[tap + 3]!;
    for (let x = 0; x < row; x++) {
      const sum = wa * wide[a + x]! + wb * wide[b + x]! + wc * wide[c + x]! + wd * wide[d + x]!;
      // The overshoot at edges is clipped; typed arrays cut fractions off instead of rounding.
      data[y * row + x] = sum <= 0 ? 0 : sum >= most ? most : whole ? sum + 0.5 : sum;
    }
  }
  return { data, width, height, channels };
}

function widenCubic({ data, width, height, channels }: Picture, wider: number): Float32Array {
  const { at, weights } = cubicTaps(wider, width);
  const wide = new Float32Array(height * wider * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < wider; x++) {
      const tap = x * 4;
      let a = (row + at[tap]!) * channels, b = (row + at[tap + 1]!) * channels;
      let c = (row + at[tap + 2]!) * channels, d = (row + at[tap + 3]!) * channels;
      for (let channel = 0; channel < channels; channel++) {
        wide[to++] = weights[tap]! * data[a++]! + weights[tap + 1]! * data[b++]! +
          weights[tap + 2]! * data[c++]! + weights[tap + 3]! * data[d++]!;
      }
    }
  }
  return wide;
}
