/** Weighted means of neighbouring pixels. Edge pixels repeat beyond the edges. */
import type { Picture } from "../interfaces/pictures.ts";
import { likeData } from "./geometry.ts";

/** One weight of a kernel. */
export interface Tap {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/**
 * The mean of each pixel's neighbours, as the taps weigh them; the weights are at least 0 and their
 * sum is 1.
 *
 * @returns Floats where the picture has floats, otherwise rounded to its own type.
 *
 * @example
 * ```ts
 * import { convolvePicture } from "./convolve.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const step = { data: new Uint8Array([0, 0, 90, 90]), width: 4, height: 1, channels: 1 };
 * const mean = [-1, 0, 1].map((x) => ({ x, y: 0, weight: 1 / 3 }));
 * assertEquals(convolvePicture(step, mean).data, new Uint8Array([0, 30, 60, 90]));
 * ```
 */
export function convolvePicture(picture: Picture, taps: readonly Tap[]): Picture {
  return { ...picture, data: roundLike(picture, convolve(picture, taps)) };
}

/**
 * Blurs a picture by a Gaussian that is cut off at four sigmas, one direction after the other.
 *
 * @param sigma Its standard deviation, pixels; 0 changes nothing.
 * @returns Floats where the picture has floats, otherwise rounded to its own type.
 * @throws {RangeError} If sigma is negative or not finite.
 *
 * @example
 * ```ts
 * import { blurPicture } from "./convolve.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const dot = { data: new Uint8Array([0, 0, 100, 0, 0]), width: 5, height: 1, channels: 1 };
 * assertEquals(blurPicture(dot, 0.5).data, new Uint8Array([0, 11, 79, 11, 0]));
 * ```
 */
export function blurPicture(picture: Picture, sigma: number): Picture {
  if (!(sigma >= 0 && sigma < Infinity)) {
    throw new RangeError(`Cannot blur by a sigma of ${sigma} pixels. Use 0 or more.`);
  }
  const radius = Math.floor(4 * sigma + 0.5);
  if (radius === 0) return picture;
  const line = Array.from(
    { length: 2 * radius + 1 },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = line.reduce((total, weight) => total + weight, 0);
  const taps = (along: "x" | "y"): Tap[] =>
    line.map((weight, i) => ({ x: 0, y: 0, [along]: i - radius, weight: weight / sum }));
  const once = { ...picture, data: convolve(picture, taps("x")) };
  return { ...picture, data: roundLike(picture, convolve(once, taps("y"))) };
}

function convolve(picture: Picture, taps: readonly Tap[]): Float32Array {
  const { width, height, channels } = picture;
  const margin = {
    left: Math.max(0, ...taps.map(({ x }) => -x)),
    right: Math.max(0, ...taps.map(({ x }) => x)),
    up: Math.max(0, ...taps.map(({ y }) => -y)),
    down: Math.max(0, ...taps.map(({ y }) => y)),
  };
  const { values, stride } = continueEdges(picture, margin);
  const row = width * channels;
  const sums = new Float32Array(height * row), line = new Float64Array(row);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    for (const tap of taps) {
      const from = (y + margin.up + tap.y) * stride + (margin.left + tap.x) * channels;
      // All neighbours lie within the margins.
      for (let i = 0; i < row; i++) line[i]! += tap.weight * values[from + i]!;
    }
    sums.set(line, y * row);
  }
  return sums;
}

/** The picture with its outermost pixels repeated around it. */
function continueEdges(
  { data, width, height, channels }: Picture,
  { left, right, up, down }: Readonly<Record<"left" | "right" | "up" | "down", number>>,
): { readonly values: Float32Array; readonly stride: number } {
  const stride = (left + width + right) * channels;
  const values = new Float32Array((up + height + down) * stride);
  for (let y = 0; y < up + height + down; y++) {
    const row = Math.min(Math.max(y - up, 0), height - 1) * width;
    for (let x = 0; x < left + width + right; x++) {
      const from = (row + Math.min(Math.max(x - left, 0), width - 1)) * channels;
      const to = y * stride + x * channels;
      for (let channel = 0; channel < channels; channel++) {
        values[to + channel] = data[from + channel]!; // within, as the edges are clamped
      }
    }
  }
  return { values, stride };
}

/** Values as the picture has them: floats as they are, whole numbers rounded. */
function roundLike(picture: Picture, values: Float32Array): Picture["data"] {
  if (picture.data instanceof Float32Array) return values;
  const data = likeData(picture, values.length);
  // A mean of pixels cannot leave their range, so that typed arrays round by cutting off.
  for (let i = 0; i < data.length; i++) data[i] = values[i]! + 0.5;
  return data;
}
